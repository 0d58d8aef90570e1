import { fault } from '../../core/fault.ts';
import { defineKind } from '../../core/kind.ts';
import { heartbeatSchema } from './arguments.ts';
import { HEARTBEAT_ENDINGS } from './endings.ts';
import { runHeartbeat } from './run.ts';

/** A job elsewhere that must ping us within its period plus grace. */
export const heartbeatKind = defineKind({
  kind: 'heartbeat',
  schema: heartbeatSchema,
  lane: () => 'light',
  defaultTimeoutMs: 5_000,
  evidence: () => [{ item: 'pings', atLeast: 1, fault: fault('evidence-missing', 'No ping came in time') }],
  measures: { since_last_ping: { unit: 'ms', help: 'Time since the last ping. Absent while none ever came.' } },
  endings: Object.values(HEARTBEAT_ENDINGS),
  needs: () => [],
  endpoint: () => undefined,
  files: () => [],
  open: async () => undefined,
  close: async () => {},
  run: (options, context) => runHeartbeat(options, context),
});
