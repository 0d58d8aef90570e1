import type Database from 'better-sqlite3';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Instant } from '../core/clock.ts';
import { VigieError } from '../core/errors.ts';
import type { Delivery, PendingNotice } from '../core/notice.ts';
import { noticeOfRow, noticeRow } from './notice-row.ts';
import type { NoticeRecord } from './record.ts';
import { bound, boundRow, build } from './schema/builder.ts';

const pendingRow = noticeRow.extend({ attempts: z.number(), due_at: z.number() });
const dueRow = z.object({ due_at: z.number().nullable() });

/** The notices that wait, in the order in which they were written, and the ledger of what each channel answered. */
export class Outbox {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: Database.Database) {
    this.#statements = prepare(database);
  }

  /** A notice that is there already stays as it is: its id says that it is the same one. */
  add({ id, incident, channel, createdAt, content }: NoticeRecord): void {
    this.#statements.add.run(id, incident, channel, createdAt, content, 'waiting', createdAt, 0);
  }

  due(now: Instant, limit: number): readonly PendingNotice[] {
    return this.#statements.due.all(now, now + LONGEST_WAIT_MS, limit).map((row) => {
      const pending = pendingRow.parse(row);
      return { notice: noticeOfRow(pending), attempts: pending.attempts, dueAt: pending.due_at };
    });
  }

  nextAt(): Instant | undefined {
    return dueRow.parse(this.#statements.next.get()).due_at ?? undefined;
  }

  pending(): number {
    return z.object({ pending: z.number() }).parse(this.#statements.pending.get()).pending;
  }

  record({ notice, channel, attempt, at, durationMs, outcome }: Delivery, retryAt: Instant | undefined): void {
    const { changes } =
      retryAt === undefined
        ? this.#statements.end.run(outcome.status, attempt, notice)
        : this.#statements.postpone.run(retryAt, attempt, notice);
    // An ended notice keeps its ending; that a late answer came is still written below.
    if (changes === 0 && this.#statements.known.get(notice) === undefined) throw unknownNotice(notice);
    this.#statements.delivery.run(notice, channel, attempt, at, durationMs, JSON.stringify(outcome));
  }
}

function unknownNotice(id: string): VigieError {
  return new VigieError(
    'notice-unknown',
    `A delivery of notice '${id}' was reported, but the store has no such notice`,
    {
      hint: 'The notice was removed by retention or belongs to another data folder; nothing needs to be done.',
    },
  );
}

const NOTICE_COLUMNS = [
  'id',
  'incident_id',
  'channel',
  'created_at',
  'content',
  'state',
  'due_at',
  'attempts',
] as const;
const DELIVERY_COLUMNS = ['notice_id', 'channel', 'attempt', 'delivered_at', 'duration_ms', 'outcome'] as const;

function prepare(database: Database.Database) {
  const add = build
    .insertInto('notices')
    .values(boundRow(NOTICE_COLUMNS))
    .onConflict((on) => on.column('id').doNothing());
  const known = build.selectFrom('notices').select('id').where('id', '=', bound);
  const end = build
    .updateTable('notices')
    .set({ state: bound, attempts: bound })
    .where('id', '=', bound)
    .where('state', '=', sql.lit('waiting'));
  const postpone = build
    .updateTable('notices')
    .set({ due_at: bound, attempts: bound })
    .where('id', '=', bound)
    .where('state', '=', sql.lit('waiting'));
  const pending = build
    .selectFrom('notices')
    .select((row) => row.fn.countAll().as('pending'))
    .where('state', '=', sql.lit('waiting'));
  return {
    add: database.prepare(add.compile().sql),
    due: database.prepare(dueQuery()),
    next: database.prepare(nextQuery()),
    pending: database.prepare(pending.compile().sql),
    end: database.prepare(end.compile().sql),
    postpone: database.prepare(postpone.compile().sql),
    known: database.prepare(known.compile().sql),
    delivery: database.prepare(build.insertInto('deliveries').values(boundRow(DELIVERY_COLUMNS)).compile().sql),
  };
}

/** The first waiting notice of each incident and channel: a recovery never overtakes the opening. */
function heads() {
  return build
    .selectFrom('notices')
    .select((row) => row.fn.min('seq').as('seq'))
    .where('state', '=', sql.lit('waiting'))
    .groupBy(['incident_id', 'channel']);
}

/** More than any receiver asks for, and than any back-off. */
const LONGEST_WAIT_MS = 2 * 3_600_000;

/**
 * What has not been tried yet is due at once, and so is what would wait longer than anything waits: its time was read from a clock that
 * has been set back since.
 * Channels take turns, so that one with a long queue does not keep the others waiting.
 */
function dueQuery(): string {
  return build
    .selectFrom('notices')
    .selectAll()
    .where('seq', 'in', heads())
    .where((row) => row.or([row('due_at', '<=', bound), row('attempts', '=', sql.lit(0)), row('due_at', '>', bound)]))
    .orderBy(sql`row_number() over (partition by channel order by seq)`)
    .orderBy('seq')
    .limit(bound)
    .compile().sql;
}

function nextQuery(): string {
  return build
    .selectFrom('notices')
    .select((row) => row.fn.min('due_at').as('due_at'))
    .where('seq', 'in', heads())
    .compile().sql;
}
