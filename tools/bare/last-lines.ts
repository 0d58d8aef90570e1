const SHOWN = 25;

/** The end of an output, where the reason stands, set off from our own words. */
export function lastLines(output: string): string {
  const lines = output.trim().split('\n').slice(-SHOWN);
  return lines.map((line) => `    ${line}`).join('\n');
}
