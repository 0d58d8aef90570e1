import type Database from 'better-sqlite3';
import { sql } from 'kysely';
import { z } from 'zod';
import { bound, build } from './schema/builder.ts';

/** Instants about the store as a whole. They only ever grow. */
export type MetaName =
  /** Latest instant in any record. */
  | 'last_record_at'
  /** Before it slots of passed runs and skips may be gone; roll-ups still count them. */
  | 'slots_complete_since';

/** A statement that raises the value when the bound one is greater. */
export function prepareRaise(database: Database.Database, name: MetaName): Database.Statement<[number]> {
  const [old, fresh] = [sql.ref('meta.number_value'), sql.ref('excluded.number_value')];
  const query = build
    .insertInto('meta')
    .values({ name: sql.lit(name), number_value: bound })
    .onConflict((on) =>
      on.column('name').doUpdateSet({ number_value: sql`case when ${fresh} > ${old} then ${fresh} else ${old} end` }),
    );
  return database.prepare(query.compile().sql);
}

export function readMeta(database: Database.Database, name: MetaName): number | undefined {
  const query = build.selectFrom('meta').select('number_value').where('name', '=', sql.lit(name));
  return z.number().optional().parse(database.prepare(query.compile().sql).pluck().get());
}
