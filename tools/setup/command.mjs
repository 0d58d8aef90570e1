import { spawn } from 'node:child_process';

const KEPT_CHARACTERS = 64 * 1024;

/**
 * Runs one program with a limit, showing that it goes on. The output is kept and only shown by those who need it.
 * Its own process group, so that the limit ends what it started too. (`process/run-process.ts` does this better, but
 * needs what this script is there to install.)
 * @param {import('./types.d.mts').CommandOptions} options
 * @returns {Promise<import('./types.d.mts').CommandEnding>}
 */
export async function runCommand({ reporter, what, judge, ...options }) {
  const stop = reporter.start(what);
  const ended = await runQuietly(options);
  const wrong = ended.ok ? judge?.(ended.output) : undefined;
  /** @type {import('./types.d.mts').CommandEnding} */
  const ending = wrong === undefined ? ended : { ok: false, why: wrong, output: ended.output };
  stop(ending.ok ? 'done' : `failed, ${ending.why}`);
  return ending;
}

/**
 * What was run and the end of what it said, where the reason stands.
 * @param {{ command: string, args: readonly string[] }} run @param {string} output @param {number} lines
 */
export function describeFailure({ command, args }, output, lines = 5) {
  const words = [command, ...args].map((word) => (/[^\w./:=@%+,-]/.test(word) ? `'${word}'` : word));
  const said = output.trim();
  return `  it was: ${words.join(' ')}${said === '' ? '' : `\n    ${said.split('\n').slice(-lines).join('\n    ')}`}`;
}

/**
 * @param {Omit<import('./types.d.mts').CommandOptions, 'reporter' | 'what' | 'judge'>} options
 * @returns {Promise<import('./types.d.mts').CommandEnding>}
 */
export function runQuietly({ command, args, cwd, env = process.env, limitMs }) {
  return new Promise((resolve) => {
    const child = spawn(command, [...args], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    /** @type {string | undefined} */
    let stopped;
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      output = (output + chunk).slice(-KEPT_CHARACTERS);
    };
    /** @param {string} why */
    const stop = (why) => {
      stopped ??= why;
      killGroup(child.pid);
    };
    const onInterrupt = () => stop('interrupted');
    const timer = setTimeout(() => stop(`no end within ${Math.round(limitMs / 1000)} s`), limitMs);
    process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt);
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    /** @param {import('./types.d.mts').CommandEnding} ending */
    const settle = (ending) => {
      clearTimeout(timer);
      process.removeListener('SIGINT', onInterrupt).removeListener('SIGTERM', onInterrupt);
      resolve(ending);
      if (stopped === 'interrupted') process.exit(130);
    };
    child.once('error', (error) => settle({ ok: false, why: error.message, output }));
    child.once('close', (code, signal) => {
      if (code === 0 && stopped === undefined) return settle({ ok: true, output });
      return settle({ ok: false, why: stopped ?? (signal ? `ended by ${signal}` : `exit code ${code}`), output });
    });
  });
}

/** @param {number | undefined} pid */
function killGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: it is gone already.
  }
}
