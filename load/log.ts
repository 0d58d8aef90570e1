import { z } from 'zod';
import { cut } from '../core/cut.ts';

/** Something that was logged: how often, and the first time in words. */
export type Seen = { readonly count: number; readonly first?: string };

/** Reasons why a request failed that are not the target's. */
const REQUEST_TROUBLES = ['blocked', 'exhausted', 'unreachable', 'resolver'] as const;
export type RequestTrouble = (typeof REQUEST_TROUBLES)[number];

/** What k6's JSON log told. */
export type K6Log = {
  /** Exceptions of the script anywhere, promises and handleSummary included. */
  readonly exceptions: Seen;
  readonly failedRequests: Seen;
  readonly troubles: Readonly<Record<RequestTrouble, Seen>>;
  /** The first error messages that are not exceptions, oldest first. */
  readonly errors: readonly string[];
  /** The option of the script that k6 does not know; it names only one and goes on. */
  readonly unknownOption?: string;
  /** The first lines that are not JSON: what Go itself prints. */
  readonly raw: readonly string[];
};

const MOST_KEPT = 10;
const LONGEST = 1_000;

const entrySchema = z.object({
  level: z.string(),
  msg: z.string(),
  error: z.string().optional(),
  hint: z.string().optional(),
  source: z.string().optional(),
});
type Entry = z.output<typeof entrySchema>;

/** How Go words a failed request whose cause lies with us. */
const TROUBLE_TEXTS: Readonly<Record<RequestTrouble, RegExp>> = {
  blocked: /is in a blacklisted range/,
  exhausted: /too many open files|cannot assign requested address|no buffer space available/,
  unreachable: /network is unreachable|no route to host/,
  resolver: /lookup [^ ]+(?: on [^ ]+)?: (?:.*i\/o timeout|.*connection refused|.*server misbehaving)/,
};

/** Gathers the log line by line; memory is bounded however much is logged. */
export class LogReader {
  #exceptions: Seen = { count: 0 };
  #failedRequests: Seen = { count: 0 };
  #troubles: Record<RequestTrouble, Seen> = {
    blocked: { count: 0 },
    exhausted: { count: 0 },
    unreachable: { count: 0 },
    resolver: { count: 0 },
  };
  readonly #errors: string[] = [];
  readonly #raw: string[] = [];
  #unknownOption: string | undefined;

  add(line: string): void {
    // The script's own console: by far most lines, and nothing to judge.
    if (line === '' || line.includes('"source":"console"')) return;
    if (line.includes('"msg":"Request Failed"')) this.#addFailedRequest(line);
    else this.#addEntry(line, parseEntry(line));
  }

  finish(): K6Log {
    return {
      exceptions: this.#exceptions,
      failedRequests: this.#failedRequests,
      troubles: { ...this.#troubles },
      errors: [...this.#errors],
      raw: [...this.#raw],
      ...(this.#unknownOption === undefined ? {} : { unknownOption: this.#unknownOption }),
    };
  }

  #addEntry(line: string, entry: Entry | undefined): void {
    if (entry === undefined && isCutException(line)) this.#exceptions = seen(this.#exceptions, line);
    else if (entry === undefined) keep(this.#raw, line);
    else if (isException(entry)) this.#exceptions = seen(this.#exceptions, describe(entry));
    else if (entry.level === 'error' || entry.level === 'fatal') keep(this.#errors, describe(entry));
    else this.#unknownOption ??= unknownOptionOf(entry);
  }

  /** There may be thousands a second against a dead target, so only the first of a sort is parsed. */
  #addFailedRequest(line: string): void {
    const reason = (): string => parseEntry(line)?.error ?? line;
    this.#failedRequests = seen(this.#failedRequests, this.#failedRequests.first ?? reason());
    for (const trouble of REQUEST_TROUBLES) {
      if (!TROUBLE_TEXTS[trouble].test(line)) continue;
      const before = this.#troubles[trouble];
      this.#troubles[trouble] = seen(before, before.first ?? reason());
    }
  }
}

/**
 * k6 marks exceptions with a hint, but not those of promises nobody waits for; and a summary of the script's own that
 * cannot be made or written is an error of the script as well. None of them changes the exit code.
 */
function isException(entry: Entry): boolean {
  if (entry.hint === 'script exception' || entry.source === 'stacktrace') return true;
  if (entry.level !== 'error') return false;
  if (/end-of-test summary/.test(entry.msg)) return !isFolderElsewhere(entry.error);
  return /^Uncaught \(in promise\)/.test(entry.msg);
}

/**
 * `handleSummary` returned files for a folder such as `results/`: it stands where the script is run by hand, and not in the working
 * folder of a run, whose files nobody keeps. An absolute path names the same place everywhere, and what is wrong with that is told.
 */
function isFolderElsewhere(error = ''): boolean {
  const [, ...files] = error.split(/\n\t- (?=could not open )/);
  return files.length > 0 && files.every((file) => NO_SUCH_FOLDER.test(file));
}

const NO_SUCH_FOLDER =
  /^could not open '(?![/\\])[^']*': .*: (?:no such file or directory|The system cannot find the path specified\.)$/;

/** A line too long to be kept whole. Within the texts of k6's JSON every quote has a backslash before it, so a text cannot look like a key. */
function isCutException(line: string): boolean {
  return /^\{.*?(?:"hint":"script exception"|"source":"stacktrace"|"msg":"(?:Uncaught \(in promise\)|[^"]*end-of-test summary))/s.test(
    line,
  );
}

function unknownOptionOf({ msg, error = '' }: Entry): string | undefined {
  if (!msg.startsWith('There were unknown fields in the options')) return undefined;
  return /unknown field "([^"]*)"/.exec(error)?.[1];
}

function describe({ msg, error, hint }: Entry): string {
  const more = [error, hint === 'script exception' ? undefined : hint].filter((part) => part !== undefined);
  return [msg.trim(), ...more].join(': ').replace(/\s+/g, ' ');
}

function seen(before: Seen, text: string): Seen {
  return { count: before.count + 1, first: before.first ?? cut(text, LONGEST) };
}

function keep(list: string[], text: string): void {
  if (list.length < MOST_KEPT) list.push(cut(text, LONGEST));
}

function parseEntry(line: string): Entry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data;
  } catch {
    // Not JSON: the caller keeps it as a raw line.
    return undefined;
  }
}
