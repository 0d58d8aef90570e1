import { FAULTS, type Fault } from '../../core/fault.ts';

/** The parts of talking to a server, in order. `proxy` is everything until a proxy passes us on; `exchange` is talk in a protocol of the check's own. */
export const PHASES = ['resolve', 'proxy', 'connect', 'tls', 'first_byte', 'transfer', 'exchange'] as const;
export type Phase = (typeof PHASES)[number];

/**
 * What stopped a probe, in the words of the system. Thrown below a runner only; the table of the kind (`endings.ts`)
 * turns it into a failed assertion or a fault before the runner returns.
 */
export class Trouble extends Error {
  readonly phase: Phase;
  /** An `errno`, a code of OpenSSL or of Node's parser, or one of our own, e.g. `DEADLINE`. */
  readonly code: string;
  /** What it was about, for a person, e.g. `127.0.0.1:3000`. */
  readonly detail: string;

  constructor(phase: Phase, code: string, detail: string, cause?: unknown) {
    super(`${phase}: ${code} ${detail}`, cause === undefined ? undefined : { cause });
    this.name = 'Trouble';
    this.phase = phase;
    this.code = code;
    this.detail = detail;
  }
}

/** Thrown when the engine ended the attempt for a reason that is not its deadline, or a part could not be prepared. */
export class Interruption extends Error {
  readonly fault: Fault;

  constructor(fault: Fault, cause?: unknown) {
    super(fault.message, cause === undefined ? undefined : { cause });
    this.name = 'Interruption';
    this.fault = fault;
  }
}

/** The code of anything thrown by Node, `UNKNOWN` when it has none. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'UNKNOWN';
}

export function isFault(value: unknown): value is Fault {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    Object.hasOwn(FAULTS, value.code) &&
    'blame' in value &&
    'message' in value
  );
}
