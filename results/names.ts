import type Database from 'better-sqlite3';
import { bound, boundRow, build } from './schema/builder.ts';

/** The numbers that stand for check ids, locations and kinds. Kept in memory: there are few and every record needs three. */
export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #find: Database.Statement<[string], { no: number }>;
  readonly #add: Database.Statement<[string]>;

  constructor(database: Database.Database) {
    this.#find = database.prepare(build.selectFrom('names').select('no').where('name', '=', bound).compile().sql);
    this.#add = database.prepare(
      build
        .insertInto('names')
        .values(boundRow(['name']))
        .compile().sql,
    );
  }

  /** The number of a name; makes one when it is new. Only inside a transaction. */
  number(name: string): number {
    const known = this.find(name);
    if (known !== undefined) return known;
    const added = Number(this.#add.run(name).lastInsertRowid);
    this.#numbers.set(name, added);
    return added;
  }

  find(name: string): number | undefined {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const stored = this.#find.get(name)?.no;
    if (stored !== undefined) this.#numbers.set(name, stored);
    return stored;
  }

  /** After a rollback: what was added in it is not there. */
  forget(): void {
    this.#numbers.clear();
  }
}
