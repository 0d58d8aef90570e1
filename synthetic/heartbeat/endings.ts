import type { Ending } from '../../core/kind.ts';

/** Every way a heartbeat check can end, by what is known about pings and about our own listener. */
export const HEARTBEAT_ENDINGS = {
  beating: { when: 'the last ping is not older than period and grace', means: 'measured', code: 'beating' },
  silent: {
    when: 'no ping came within period and grace, and our listener was up all that time',
    means: 'failed',
    code: 'ping-overdue',
  },
  neverPinged: {
    when: 'no ping ever came, and period and grace have passed since the check is watched with our listener up',
    means: 'failed',
    code: 'never-pinged',
  },
  waiting: {
    when: 'no ping ever came and the first is not yet due (blame operator: it waits for somebody to install the ping, and alerts nobody)',
    means: 'inconclusive',
    code: 'evidence-missing',
  },
  deaf: {
    when: 'no ping came within period and grace, but our listener was down at some time in it',
    means: 'inconclusive',
    code: 'listener-down',
  },
} as const satisfies Record<string, Ending>;

export type HeartbeatEnding = keyof typeof HEARTBEAT_ENDINGS;
