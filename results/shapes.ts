import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Sqlite } from '../process/sqlite.ts';

/** Skeletons kept in memory; beyond it all are looked up again. At 2 kB each this is some 16 MB at most. */
const MOST_IN_MEMORY = 8_192;
/** `last_used_at` is written this seldom: it only has to be right to a day when unused skeletons are cleared away. */
export const TOUCH_EVERY_MS = 86_400_000;

const shapeRow = z.object({ no: z.number(), last_used_at: z.number() });

type Known = { readonly no: number; lastUsedAt: number };

/** The dictionary of skeletons that many runs share. */
export class Shapes {
  readonly #known = new Map<string, Known>();
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: Sqlite) {
    this.#statements = prepare(database);
  }

  /** The number of a skeleton; stores it when it is new. Only inside a transaction. */
  number(skeleton: string, usedAt: number): number {
    const known = this.#known.get(skeleton) ?? this.#remember(skeleton, this.#load(skeleton, usedAt));
    if (usedAt - known.lastUsedAt > TOUCH_EVERY_MS) {
      this.#statements.touch.run({ usedAt, no: known.no });
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
    const stored = shapeRow.optional().parse(this.#statements.find.get({ hash }));
    if (stored !== undefined) return { no: stored.no, lastUsedAt: stored.last_used_at };
    return { no: this.#statements.add.run({ hash, skeleton, usedAt }).lastInsertRowid, lastUsedAt: usedAt };
  }

  #remember(skeleton: string, known: Known): Known {
    if (this.#known.size >= MOST_IN_MEMORY) this.#known.clear();
    this.#known.set(skeleton, known);
    return known;
  }
}

function prepare(database: Sqlite) {
  return {
    find: database.prepare('select no, last_used_at from shapes where hash = :hash'),
    add: database.prepare('insert into shapes (hash, skeleton, last_used_at) values (:hash, :skeleton, :usedAt)'),
    touch: database.prepare('update shapes set last_used_at = :usedAt where no = :no'),
  };
}
