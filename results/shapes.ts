import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { bound, boundRow, build } from './schema/builder.ts';

/** Skeletons kept in memory; beyond it all are looked up again. At 2 kB each this is some 16 MB at most. */
const MOST_IN_MEMORY = 8_192;
/** `last_used_at` is written this seldom: it only has to be right to a day when unused skeletons are cleared away. */
export const TOUCH_EVERY_MS = 86_400_000;

type Known = { readonly no: number; lastUsedAt: number };

/** The dictionary of skeletons that many runs share. */
export class Shapes {
  readonly #known = new Map<string, Known>();
  readonly #find: Database.Statement<[string], { no: number; last_used_at: number }>;
  readonly #add: Database.Statement<[string, string, number]>;
  readonly #touch: Database.Statement<[number, number]>;

  constructor(database: Database.Database) {
    const { sql: find } = build.selectFrom('shapes').select(['no', 'last_used_at']).where('hash', '=', bound).compile();
    this.#find = database.prepare(find);
    const row = boundRow(['hash', 'skeleton', 'last_used_at']);
    this.#add = database.prepare(build.insertInto('shapes').values(row).compile().sql);
    const { sql: touch } = build.updateTable('shapes').set({ last_used_at: bound }).where('no', '=', bound).compile();
    this.#touch = database.prepare(touch);
  }

  /** The number of a skeleton; stores it when it is new. Only inside a transaction. */
  number(skeleton: string, usedAt: number): number {
    const known = this.#known.get(skeleton) ?? this.#remember(skeleton, this.#load(skeleton, usedAt));
    if (usedAt - known.lastUsedAt > TOUCH_EVERY_MS) {
      this.#touch.run(usedAt, known.no);
      known.lastUsedAt = usedAt;
    }
    return known.no;
  }

  /** After a rollback, and after unused ones were deleted. */
  forget(): void {
    this.#known.clear();
  }

  #load(skeleton: string, usedAt: number): Known {
    const hash = createHash('sha256').update(skeleton).digest('base64url');
    const stored = this.#find.get(hash);
    if (stored !== undefined) return { no: stored.no, lastUsedAt: stored.last_used_at };
    return { no: Number(this.#add.run(hash, skeleton, usedAt).lastInsertRowid), lastUsedAt: usedAt };
  }

  #remember(skeleton: string, known: Known): Known {
    if (this.#known.size >= MOST_IN_MEMORY) this.#known.clear();
    this.#known.set(skeleton, known);
    return known;
  }
}
