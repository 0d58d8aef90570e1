// What npm's own error says: which package's script failed, which address was asked, which file could not be written.
// Only npm's fields are read; words that some script printed (a compiler that cannot be found, a host that it could
// not reach) decide nothing.

/** @typedef {{ code: string, path: string, command: string, signal: string, said: readonly string[] }} NpmError */
/** @typedef {{ cause: string, hint: string }} Explained */

const SHOWN_LINES = 12;
const SEE_ALL = 'run `npm ci` by hand to see all of it';
const NETWORK_CODES =
  /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH|EHOSTUNREACH|EPIPE|EPROTO|FETCH_ERROR)/;
const CERTIFICATE_CODES = /CERT|UNABLE_TO_|_SIGNATURE/;

/** Fields, the place of the log, and the fields once more as Node prints an error object. */
const NPMS_OWN =
  /^(code|errno|syscall|path|command|signal) |^A complete log|^\s*}|^ {2}(errno|code|syscall|path|address|port|type):/;
/** A line of a stack, also of node-gyp's. */
const STACK = /^(gyp ERR! stack|\s*)\s*at .*:\d+:\d+\)?( {)?$|^\s*at async .*\(index \d+\)$/;

/** @type {Readonly<Record<string, string>>} */
const BY_CODE = {
  ENOSPC: 'the disk is full: free some space (about 1 GB) and run the command again',
  EACCES: 'this user may not write there: check who owns that folder, node_modules and the npm cache',
  EPERM: 'this user may not write there: check who owns that folder, node_modules and the npm cache',
  EROFS: 'that file system is read-only: use a folder that can be written',
  EINTEGRITY:
    'what was fetched is not what the lock says: `npm cache clean --force`, and check what stands between here and the registry',
  EBADENGINE: 'npm is told to refuse other versions of Node: unset `engine-strict` (`npm config get engine-strict`)',
  E401: 'the registry wants other credentials: check `npm config get registry` and `npm login`',
  E403: 'the registry refuses this package to you: ask who runs it (`npm config get registry`)',
  E404: 'the registry answered and has no such package: check `npm config get registry`',
};

/**
 * Why an install failed, and what to do; `why` is how npm ended.
 * @param {{ why: string, output: string }} ending
 * @returns {Explained}
 */
export function explainNpmFailure({ why, output }) {
  if (/^spawn .*ENOENT/.test(why))
    return { cause: 'npm is not on PATH', hint: 'install Node with npm from https://nodejs.org' };
  const error = readNpmError(output);
  // npm itself was stopped: what it wrote before is not the reason.
  if (/^(no end within|ended by)/.test(why)) return { cause: withLines(why, error.said), hint: hintForStopped(why) };
  return (
    explainScript(error) ??
    explainRequest(error) ??
    explainLock(error) ?? {
      cause: withLines([why, error.code, error.path].filter((part) => part !== '').join(', '), error.said),
      hint: hintForCode(error.code || (/\((E[A-Z]+)\b/.exec(why)?.[1] ?? '')),
    }
  );
}

/** npm ends with 0 although files of packages are cut off, and only warns. @param {string} output */
export function findCutOffFiles(output) {
  return /TAR_ENTRY_ERROR (\w+):[^\n]*/.exec(output)?.[0].replace('TAR_ENTRY_ERROR ', '');
}

/** @param {string} output @returns {NpmError} */
export function readNpmError(output) {
  const lines = output.split('\n').flatMap((line) => /^npm (?:error|ERR!) ?(.*)$/.exec(line)?.[1] ?? []);
  /** @param {RegExp} pattern */
  const field = (pattern) => lines.map((line) => pattern.exec(line)?.[1]).find((value) => value !== undefined) ?? '';
  const said =
    lines.length === 0 ? output.trim().split('\n') : lines.filter((line) => !NPMS_OWN.test(line) && !STACK.test(line));
  return {
    code: field(/^code (\S+)$/),
    path: field(/^path (.+)$/),
    command: field(/^command (?!failed$)(.+)$/),
    signal: field(/^signal (\S+)$/),
    said: said.filter((line) => line.trim() !== ''),
  };
}

/** A package's own script: npm gives its folder and its command. @param {NpmError} error @returns {Explained | undefined} */
function explainScript({ code, path, command, signal, said }) {
  if (command === '') return undefined;
  const name = path.split('node_modules/').at(-1) || path;
  const how = signal === '' ? `exit code ${code}` : `ended by ${signal}`;
  return {
    cause: withLines(
      `the install script of the package ${name} failed (${how}): ${command.replace(/^sh -c /, '')}`,
      said,
    ),
    hint: `the registry answered; what failed is the script of ${name}. To see all of it: npm ci --foreground-scripts`,
  };
}

/** Not reached, or not trusted; an address is named only where npm names it. @param {NpmError} error @returns {Explained | undefined} */
function explainRequest({ code, said }) {
  const address = /(?:request to|network timeout at:) (https?:\/\/[^\s/]+)/.exec(said.join('\n'))?.[1];
  if (address === undefined) return undefined;
  if (CERTIFICATE_CODES.test(code)) {
    return {
      cause: withLines(`the certificate of ${address} is not trusted (${code})`, said.slice(0, 1)),
      hint: 'give npm the certificate of your proxy: `npm config set cafile <file>`, or NODE_EXTRA_CA_CERTS',
    };
  }
  if (!NETWORK_CODES.test(code)) return undefined;
  return {
    cause: withLines(`the registry at ${address} cannot be reached (${code})`, said.slice(0, 1)),
    hint: 'check the network, the proxy (`npm config get https-proxy`) and `npm config get registry`',
  };
}

/** npm prints its whole manual after the reason. @param {NpmError} error @returns {Explained | undefined} */
function explainLock({ code, said }) {
  if (code !== 'EUSAGE') return undefined;
  const reason = said.slice(0, said.indexOf('Clean install a project'));
  const isUnreadable = reason.some((line) => line.includes('existing package-lock.json'));
  return {
    cause: withLines(
      isUnreadable ? 'package-lock.json cannot be read' : 'package.json and package-lock.json do not fit',
      reason,
    ),
    hint: isUnreadable ? '`git checkout package-lock.json`' : 'run `npm install` and commit the lock',
  };
}

/** @param {string} code */
function hintForCode(code) {
  if (/^E5\d\d$/.test(code)) return 'the registry is in trouble: try again later';
  return BY_CODE[code] ?? SEE_ALL;
}

/** @param {string} why */
function hintForStopped(why) {
  return why.startsWith('ended by')
    ? 'something outside ended npm; where memory ran out, `dmesg` says so'
    : 'run `npm ci --foreground-scripts` by hand to see what it waits for';
}

/** @param {string} cause @param {readonly string[]} said */
function withLines(cause, said) {
  return [cause, ...said.slice(-SHOWN_LINES).map((line) => `    ${line}`)].join('\n');
}
