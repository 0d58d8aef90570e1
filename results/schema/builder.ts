import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely';
import type { Tables } from './tables.ts';

/**
 * Kysely as a typed compiler of SQL: it opens no connection. better-sqlite3 is synchronous and runs what is compiled here,
 * so a batch of commits is one synchronous transaction and hot statements are compiled and prepared once.
 */
export const build: Kysely<Tables> = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** A parameter bound at execution, in the order in which it stands in the statement. */
export const bound = sql<never>`?`;

/** A row of parameters for an insert; values are bound in the order of `columns`. */
export function boundRow<const Column extends string>(
  columns: readonly Column[],
): Readonly<Record<Column, typeof bound>> {
  return Object.fromEntries(columns.map((column) => [column, bound])) as Record<Column, typeof bound>;
}
