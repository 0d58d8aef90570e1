/** How often a line is added where none can be rewritten. */
const PLAIN_EVERY_MS = 15_000;
const LIVE_EVERY_MS = 1_000;

/**
 * Says what is being done and for how many seconds: a live line on a terminal, plain lines elsewhere and in CI.
 * Everything goes to one stream for people (stderr), in no colour at all, so NO_COLOR is always kept.
 * @param {NodeJS.WriteStream | { isTTY?: boolean, write: (text: string) => unknown }} stream
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {import('./types.d.mts').Reporter}
 */
export function makeReporter(stream, env) {
  const isLive = stream.isTTY === true && !env.CI && env.TERM !== 'dumb';
  const startMs = performance.now();
  let hasSpoken = false;
  /** @param {string} text */
  const say = (text) => {
    hasSpoken = true;
    stream.write(`vigie set-up: ${text}\n`);
  };
  return {
    say,
    warn: say,
    start: (what) => {
      const beganMs = performance.now();
      const line = () => `${what} … ${seconds(beganMs)} s`;
      if (isLive) stream.write(`vigie set-up: ${line()}`);
      else say(what);
      const tick = () => (isLive ? stream.write(`\r\x1b[2Kvigie set-up: ${line()}`) : say(line()));
      const timer = setInterval(tick, isLive ? LIVE_EVERY_MS : PLAIN_EVERY_MS);
      return (outcome) => {
        clearInterval(timer);
        if (isLive) stream.write('\r\x1b[2K');
        say(`${what}: ${outcome} (${seconds(beganMs)} s)`);
      };
    },
    finish: () => {
      if (hasSpoken) say(`done in ${seconds(startMs)} s`);
    },
  };
}

/** @param {number} sinceMs */
function seconds(sinceMs) {
  return ((performance.now() - sinceMs) / 1000).toFixed(1);
}
