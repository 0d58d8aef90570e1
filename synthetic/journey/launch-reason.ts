/**
 * Why a browser did not start, from what Playwright says of it: without the line of its hundred options, behind which the reason would be
 * cut off, and without the log that says all of it once more.
 */
export function launchReason(message: string): string {
  const lines = message.split('\n');
  const end = lines.findIndex((line) => line.startsWith('Call log:'));
  const said = lines
    .slice(0, end === -1 ? lines.length : end)
    .filter((line) => line.trim() !== '' && !/^<launch(?:ing|ed)>/.test(line))
    .join('\n');
  return /Socket path too long/.test(said) ? `${SHORTER}\n${said}` : said;
}

/** Up to 83 characters are added to the temp folder's path, and the kernel takes 107 for a socket. */
const SHORTER = 'the path of the temp folder is too long for its socket; set TMPDIR to one of at most 24 characters';
