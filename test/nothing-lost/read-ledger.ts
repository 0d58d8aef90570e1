import { join } from 'node:path';
import { z } from 'zod';
import { trusted } from '../../core/identifiers.ts';
import type { Run } from '../../core/run.ts';
import { Sqlite } from '../../process/sqlite.ts';
import { openReader } from '../../results/open-reader.ts';

const slot = z.object({ check: z.string(), dueAt: z.number(), status: z.number(), runSeq: z.number().nullable() });
const gap = z.object({ check: z.string(), from: z.number(), to: z.number(), count: z.number() });
const runRow = z.object({ seq: z.number(), id: z.string(), dueAt: z.number().nullable() });
const notice = z.object({
  id: z.string(),
  incident: z.string(),
  change: z.string(),
  state: z.string(),
  attempts: z.number(),
});
const incident = z.object({
  id: z.string(),
  check: z.string(),
  track: z.string(),
  openedBy: z.string(),
  closedBy: z.string().nullable(),
  closedHow: z.string().nullable(),
});

/** Everything that a store holds, read without its own code as far as it matters who is asked. */
export type LedgerCopy = {
  readonly integrity: string;
  readonly slots: readonly z.infer<typeof slot>[];
  readonly gaps: readonly z.infer<typeof gap>[];
  /** In the order in which they were committed. */
  readonly runs: readonly { readonly seq: number; readonly run: Run }[];
  readonly incidents: readonly z.infer<typeof incident>[];
  readonly notices: readonly z.infer<typeof notice>[];
};

export function readLedger(folder: string): LedgerCopy {
  const database = new Sqlite(join(folder, 'vigie.db'), { access: 'read' });
  const reader = openReader({ folder });
  const all = <T>(shape: z.ZodType<T>, query: string): readonly T[] =>
    z.array(shape).parse(database.prepare(query).all());
  try {
    return {
      integrity: z.array(z.string()).parse(database.values('pragma integrity_check')).join('\n'),
      slots: all(
        slot,
        `select name as "check", due_at as dueAt, status, run_seq as runSeq from slots join names on no = check_no order by due_at`,
      ),
      gaps: all(
        gap,
        `select name as "check", from_at as "from", to_at as "to", slot_count as count from gaps join names on no = check_no`,
      ),
      runs: all(runRow, 'select seq, id, due_at as dueAt from runs order by seq').map(({ seq, id }) => ({
        seq,
        run: wholeRun(reader, id),
      })),
      incidents: all(
        incident,
        `select id, name as "check", track, opened_by as openedBy, closed_by as closedBy, closed_how as closedHow
         from incidents join names on no = check_no order by opened_at, id`,
      ),
      notices: all(
        notice,
        `select id, incident_id as incident, content ->> 'change' as change, state, attempts from notices order by seq`,
      ),
    };
  } finally {
    reader.close();
    database.close();
  }
}

function wholeRun(reader: ReturnType<typeof openReader>, id: string): Run {
  const run = reader.run(trusted.runId(id));
  if (run === undefined) throw new Error(`run '${id}' has a row and cannot be read`);
  return run;
}
