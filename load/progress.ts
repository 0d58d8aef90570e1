import { parseDuration } from '../core/duration.ts';
import type { Progress } from '../core/kind.ts';

/** How far k6 says it is. */
type K6Progress = {
  readonly elapsed: string;
  readonly activeVus: number;
  readonly allVus: number;
  readonly complete: number;
  readonly interrupted: number;
};

/** What k6 said about itself on its standard output. */
export type K6Output = {
  /** The last line of progress; absent when the test never began to run. */
  readonly last?: K6Progress;
  /** The longest that k6 may take by its own reckoning, graceful stops included; absent when it did not say. */
  readonly longestMs?: number;
};

const RUNNING = /^running \(([\dhms.]+)\), (\d+)\/(\d+) VUs, (\d+) complete and (\d+) interrupted iterations$/;
/** `default   [  33% ] 2 VUs  1.0s/3s`, with a mark between name and bracket when it is stopping or done. */
const SCENARIO = /^(\S+)\s.*\[\s*(\d{1,3})% ]/;
const LONGEST = /^\s*scenarios: .* max VUs, ([\dhms.]+) max duration/;

/** Reads k6's output line by line and tells the progress it finds, once per second of the run. */
export class ProgressReader {
  readonly #tell: (progress: Progress) => void;
  readonly #shares = new Map<string, number>();
  #last: K6Progress | undefined;
  #longestMs: number | undefined;

  constructor(tell: (progress: Progress) => void) {
    this.#tell = tell;
  }

  add(line: string): void {
    const running = parseRunning(line);
    if (running) {
      this.#last = running;
      this.#tell(toProgress(running, this.#done()));
      return;
    }
    const scenario = this.#last === undefined ? undefined : SCENARIO.exec(line);
    if (scenario?.[1] !== undefined) this.#shares.set(scenario[1], Number(scenario[2]) / 100);
    this.#longestMs ??= parseLongest(line);
  }

  finish(): K6Output {
    return {
      ...(this.#last === undefined ? {} : { last: this.#last }),
      ...(this.#longestMs === undefined ? {} : { longestMs: this.#longestMs }),
    };
  }

  /** The mean over the scenarios: they may follow one another, and k6 gives no total. */
  #done(): number | undefined {
    const shares = [...this.#shares.values()];
    return shares.length === 0 ? undefined : Math.min(1, shares.reduce((a, b) => a + b, 0) / shares.length);
  }
}

export function parseRunning(line: string): K6Progress | undefined {
  const match = RUNNING.exec(line);
  if (match?.[1] === undefined) return undefined;
  const [activeVus = 0, allVus = 0, complete = 0, interrupted = 0] = match.slice(2).map(Number);
  return { elapsed: match[1], activeVus, allVus, complete, interrupted };
}

function toProgress({ elapsed, activeVus, allVus, complete }: K6Progress, done: number | undefined): Progress {
  const text = `${elapsed}, ${activeVus}/${allVus} VUs, ${complete} iterations`;
  return done === undefined ? { text } : { text, done };
}

function parseLongest(line: string): number | undefined {
  const text = LONGEST.exec(line)?.[1];
  return text === undefined ? undefined : parseDuration(text);
}
