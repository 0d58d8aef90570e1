import { z } from 'zod';
import type { ParametersOf, Sqlite, Statement } from '../process/sqlite.ts';

/** Instants about the store as a whole. They only ever grow. */
export type MetaName =
  /** Latest instant in any record. */
  | 'last_record_at'
  /** Before it slots of passed runs and skips may be gone; roll-ups still count them. */
  | 'slots_complete_since';

/** A statement that raises the value when the given one is greater. */
export function prepareRaise(database: Sqlite, name: MetaName): Statement<ParametersOf<':value'>> {
  return database.prepare(`
    insert into meta (name, number_value) values ('${name}', :value)
    on conflict (name) do update set number_value = max(meta.number_value, excluded.number_value)`);
}

export function readMeta(database: Sqlite, name: MetaName): number | undefined {
  return z
    .number()
    .optional()
    .parse(database.value(`select number_value from meta where name = '${name}'`));
}
