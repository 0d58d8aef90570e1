import { z } from 'zod';
import type { ParametersOf, Sqlite, Statement } from '../process/sqlite.ts';

const nameRow = z.object({ no: z.number() });
type ByName = Statement<ParametersOf<':name'>>;

/** The numbers that stand for check ids, locations and kinds. Kept in memory: there are few and every record needs three. */
export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #find: ByName;
  readonly #add: ByName;

  constructor(database: Sqlite) {
    this.#find = database.prepare('select no from names where name = :name');
    this.#add = database.prepare('insert into names (name) values (:name)');
  }

  /** The number of a name; makes one when it is new. Only inside a transaction. */
  number(name: string): number {
    const known = this.find(name);
    if (known !== undefined) return known;
    const added = this.#add.run({ name }).lastInsertRowid;
    this.#numbers.set(name, added);
    return added;
  }

  find(name: string): number | undefined {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const stored = nameRow.optional().parse(this.#find.get({ name }))?.no;
    if (stored !== undefined) this.#numbers.set(name, stored);
    return stored;
  }

  /** After a rollback: what was added in it is not there. */
  forget(): void {
    this.#numbers.clear();
  }
}
