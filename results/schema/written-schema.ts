import { Sqlite } from '../../process/sqlite.ts';
import { MIGRATIONS } from './migrate.ts';
import type { Migration } from './migration.ts';

/** What a database says of its tables and indexes, as text that two of the same schema have in common. */
export function writtenSchema(database: Sqlite): string {
  const rows = database.prepare(
    "select type, name, tbl_name, sql from sqlite_schema where name not like 'sqlite_%' order by type, name",
  );
  return JSON.stringify(rows.all());
}

/** What it says in a fresh database of the newest schema, or of the last of `migrations`. */
export function newestSchema(migrations: readonly Migration[] = MIGRATIONS): string {
  using fresh = new Sqlite(':memory:');
  for (const migration of migrations) for (const statement of migration.statements()) fresh.exec(statement);
  return writtenSchema(fresh);
}
