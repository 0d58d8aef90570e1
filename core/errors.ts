/** Exit codes of every command; public API, pinned by tests. */
export const EXIT = { passed: 0, failed: 1, inconclusive: 2, badConfig: 3, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One thing wrong with the configuration or the usage, shown together with all others. */
export type Diagnostic = {
  /** File, relative to where the command runs; absent for usage errors. */
  readonly file?: string;
  /** Where in the value, e.g. `checks[2].budgets['total'].fail`. */
  readonly path: string;
  /** What is wrong and the value got. */
  readonly message: string;
  /** What to do next, e.g. `did you mean 'timeout'?`. */
  readonly hint?: string;
};

/** The base of errors meant for a person: a code, what happened, what to do next, and the cause. */
export class VigieError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { readonly cause?: unknown; readonly hint?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'VigieError';
    this.code = code;
    this.hint = options.hint;
  }
}

/** Bad configuration or usage: exit 3, all problems at once. */
export class ConfigError extends VigieError {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super('config-invalid', diagnostics.map(formatDiagnostic).join('\n'));
    this.name = 'ConfigError';
    this.diagnostics = diagnostics;
  }
}

export function formatDiagnostic(problem: Diagnostic): string {
  const where = [problem.file, problem.path].filter((part) => part !== undefined && part !== '').join(': ');
  const hint = problem.hint === undefined ? '' : ` – ${problem.hint}`;
  return where === '' ? `${problem.message}${hint}` : `${where}: ${problem.message}${hint}`;
}

/** The message of anything thrown, for a log or a fault; never `[object Object]`, never throws itself. */
export function messageOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (!(error instanceof Error)) return textOf(error);
  if (error.message !== '') return error.message;
  // What Node throws when every address of a name refused has no message of its own.
  const inner = error instanceof AggregateError ? error.errors.map(messageOf) : [];
  return inner.length === 0 ? error.name : [...new Set(inner)].join('; ');
}

function textOf(thrown: unknown): string {
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    // A cycle or a bigint; it is still worth knowing what kind of thing was thrown.
    return Object.prototype.toString.call(thrown);
  }
}
