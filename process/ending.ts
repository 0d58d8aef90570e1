/** What a process group used while it ran. Sampled, so every figure is "at least this much". */
export type GroupUsage = {
  readonly cpuMs: number;
  /** Sum over the processes of the group; pages shared between them count more than once. */
  readonly peakRssBytes: number;
  readonly peakProcesses: number;
};

/** What is known of a child process whatever its ending. */
type ProcessReport = {
  /** Both outputs are text, capped: where bytes were dropped a notice stands in their place. */
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutTruncated: boolean;
  readonly stderrTruncated: boolean;
  readonly durationMs: number;
  /** Absent when nothing was started. */
  readonly pid: number | undefined;
  /** Absent where the operating system does not tell (not Linux), or when the process was gone before the first look. */
  readonly usage: GroupUsage | undefined;
  /** Processes that were still there after SIGKILL (stuck in the kernel, or of another user). 0 is the rule. */
  readonly leftBehind: number;
};

type HowItEnded =
  | { readonly how: 'exited'; readonly code: number }
  /** A signal that did not come from us: the kernel's OOM killer, an operator, the program itself. */
  | { readonly how: 'signalled'; readonly signal: NodeJS.Signals }
  /** `forced` tells that SIGTERM was not enough. */
  | { readonly how: 'deadline'; readonly forced: boolean }
  | { readonly how: 'aborted'; readonly forced: boolean }
  /** `errno` as the system names it: ENOENT, EACCES, EAGAIN, EMFILE, E2BIG. The message says what to do next. */
  | { readonly how: 'notStarted'; readonly errno: string; readonly message: string };

/** One shape for every ending of a child process; tool-specific tables turn it into an observation or a fault. */
export type ProcessEnding = ProcessReport & HowItEnded;
