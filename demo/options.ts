import type { FaultInput } from './faults/definitions.ts';
import type { PortChoice } from './server/listen.ts';

/** How a demo is started. Every option may be left out. */
export type DemoOptions = {
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** Port of the website: a number is taken or the start fails, `{ preferred }` may give way. Default 0: any free port. */
  readonly frontendPort?: PortChoice;
  /** Port of the API, as `frontendPort`. Default 0. Example `{ preferred: 5000 }`. */
  readonly apiPort?: PortChoice;
  /** Bearer token of /admin, at least 16 characters. Default: a random one. */
  readonly adminToken?: string;
  /** Switches that are on from the start, for example `{ latency: 300 }`. Default none. */
  readonly faults?: FaultInput;
  /** Folder for feedback files. Default: a temporary folder that `close` removes. */
  readonly dataFolder?: string;
  /** File that receives one JSON line for each request. Default: none. */
  readonly accessLogFile?: string;
  /** When text recognition is loaded (about 0.3 s, 60 MB): at start, or with the first image. Default `lazy`. */
  readonly ocr?: 'warm' | 'lazy';
  /** Numbers in [0, 1) for error rate and jitter. Default `Math.random`. */
  readonly random?: () => number;
  /** The clock for stored dates. Default the system's. */
  readonly now?: () => Date;
};
