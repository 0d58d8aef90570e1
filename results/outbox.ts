import { z } from 'zod';
import type { Instant } from '../core/clock.ts';
import { VigieError } from '../core/errors.ts';
import { type NoticeId, noticeId, trusted } from '../core/identifiers.ts';
import { type Delivery, type DeliveryOutcome, NEVER_HEARD, type PendingNotice } from '../core/notice.ts';
import type { Sqlite } from '../process/sqlite.ts';
import { noticeOfRow, noticeRow } from './notice-row.ts';
import type { NoticeRecord } from './record.ts';

const pendingRow = noticeRow.extend({ attempts: z.number(), due_at: z.number(), is_over: z.number() });
const seqRow = z.object({ id: z.string(), created_at: z.number() });
const dueRow = z.object({ due_at: z.number().nullable() });

/** The notices that wait, in the order in which they were written, and the ledger of what each channel answered. */
export class Outbox {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: Sqlite) {
    this.#statements = prepare(database);
  }

  /**
   * A notice that is there already stays as it is: its id says that it is the same one. One that follows an opening which its channel
   * has refused for good is written down, but never sent.
   */
  add({ id, incident, channel, createdAt, content }: NoticeRecord): void {
    this.#statements.add.run({ id, incident, channel, createdAt, content });
    if (this.#statements.refused.get({ opening: openingOf(incident, channel) }) !== undefined)
      this.#withdraw(incident, channel);
  }

  due(now: Instant, limit: number): readonly PendingNotice[] {
    return this.#statements.due.all({ now, beyond: now + LONGEST_WAIT_MS, limit }).map((row) => {
      const pending = pendingRow.parse(row);
      return {
        notice: noticeOfRow(pending),
        attempts: pending.attempts,
        dueAt: pending.due_at,
        isOver: pending.is_over === 1,
      };
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
        ? this.#statements.end.run({ state: outcome.status, attempt, notice })
        : this.#statements.postpone.run({ retryAt, attempt, notice });
    // An ended notice keeps its ending; that a late answer came is still written below.
    if (changes === 0 && this.#statements.known.get({ notice }) === undefined) throw unknownNotice(notice);
    this.#statements.delivery.run({ notice, channel, attempt, at, durationMs, outcome: JSON.stringify(outcome) });
    if (retryAt !== undefined || outcome.status !== 'rejected') return;
    const row = this.#statements.known.get({ notice });
    const incident = z.object({ incident_id: z.string() }).parse(row).incident_id;
    if (notice === openingOf(incident, channel)) this.#withdraw(incident, channel);
  }

  /** Ends what waits behind an opening that was refused for good. */
  #withdraw(incident: string, channel: string): void {
    const outcome: DeliveryOutcome = { status: 'rejected', detail: NEVER_HEARD };
    for (const row of this.#statements.behind.all({ incident, channel })) {
      const { id, created_at: at } = seqRow.parse(row);
      this.#statements.end.run({ state: 'rejected', attempt: 0, notice: id });
      const never = { notice: id, channel, attempt: 0, at, durationMs: 0, outcome: JSON.stringify(outcome) };
      this.#statements.delivery.run(never);
    }
  }
}

function openingOf(incident: string, channel: string): NoticeId {
  return noticeId(trusted.incidentId(incident), 'opened', channel);
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

/** More than any receiver asks for, and than any back-off. */
const LONGEST_WAIT_MS = 2 * 3_600_000;

/** The first waiting notice of each incident and channel: a recovery never overtakes the opening. */
const HEADS = `select min(seq) from notices where state = 'waiting' group by incident_id, channel`;

const IS_OVER = `exists (select 1 from incidents where incidents.id = notices.incident_id and closed_at is not null)`;

function prepare(database: Sqlite) {
  return {
    add: database.prepare(`
      insert into notices (id, incident_id, channel, created_at, content, state, due_at, attempts)
      values (:id, :incident, :channel, :createdAt, :content, 'waiting', :createdAt, 0)
      on conflict (id) do nothing`),
    // What has not been tried yet is due at once, and so is what would wait longer than anything waits: its time was read from a clock
    // that has been set back since. Channels take turns, so that one with a long queue does not keep the others waiting.
    due: database.prepare(`
      select *, ${IS_OVER} as is_over from notices
      where seq in (${HEADS}) and (due_at <= :now or attempts = 0 or due_at > :beyond)
      order by row_number() over (partition by channel order by seq), seq limit :limit`),
    next: database.prepare(`select min(due_at) as due_at from notices where seq in (${HEADS})`),
    pending: database.prepare("select count(*) as pending from notices where state = 'waiting'"),
    end: database.prepare(
      "update notices set state = :state, attempts = :attempt where id = :notice and state = 'waiting'",
    ),
    postpone: database.prepare(
      "update notices set due_at = :retryAt, attempts = :attempt where id = :notice and state = 'waiting'",
    ),
    known: database.prepare('select incident_id from notices where id = :notice'),
    refused: database.prepare("select id from notices where id = :opening and state = 'rejected'"),
    behind: database.prepare(`
      select id, created_at from notices
      where incident_id = :incident and channel = :channel and state = 'waiting' order by seq`),
    delivery: database.prepare(`
      insert into deliveries (notice_id, channel, attempt, delivered_at, duration_ms, outcome)
      values (:notice, :channel, :attempt, :at, :durationMs, :outcome)`),
  };
}
