import Database from 'better-sqlite3';
import { build } from './builder.ts';
import { MIGRATIONS } from './migrate.ts';

/** What a database says of its tables and indexes, as text that two of the same schema have in common. */
export function writtenSchema(database: Database.Database): string {
  const rows = database.prepare(
    "select type, name, tbl_name, sql from sqlite_schema where name not like 'sqlite_%' order by type, name",
  );
  return JSON.stringify(rows.all());
}

/** What it says in a fresh database of the newest schema. */
export function newestSchema(): string {
  const fresh = new Database(':memory:');
  try {
    for (const migration of MIGRATIONS) for (const statement of migration.statements(build)) fresh.exec(statement);
    return writtenSchema(fresh);
  } finally {
    fresh.close();
  }
}
