import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { PlanId } from './plans.ts';

export type Account = {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** Set on accounts made by monitoring: which monitor made it. */
  readonly synthetic: string | null;
  readonly createdAt: string;
};
export type Subscription = {
  readonly id: string;
  readonly planId: PlanId;
  readonly status: 'active' | 'cancelled';
  readonly cardLastDigits: string;
  readonly startedAt: string;
  readonly cancelledAt: string | null;
};
export type StoredAnswer = { readonly requestHash: string; readonly status: number; readonly body: string };
type NewAccount = {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly synthetic: string | null;
};
export type SyntheticFilter = { readonly marker?: string; readonly createdBefore?: string };

export type Accounts = ReturnType<typeof openAccounts>;

const schema = `
  CREATE TABLE account (
    id TEXT PRIMARY KEY, email TEXT UNIQUE COLLATE NOCASE NOT NULL, name TEXT NOT NULL, passwordHash TEXT NOT NULL,
    synthetic TEXT, createdAt TEXT NOT NULL
  ) STRICT;
  CREATE TABLE session (
    tokenHash TEXT PRIMARY KEY, accountId TEXT NOT NULL REFERENCES account ON DELETE CASCADE, createdAt TEXT NOT NULL
  ) STRICT;
  CREATE INDEX session_account ON session (accountId);
  CREATE TABLE subscription (
    id TEXT PRIMARY KEY, accountId TEXT NOT NULL REFERENCES account ON DELETE CASCADE, planId TEXT NOT NULL,
    status TEXT NOT NULL, cardLastDigits TEXT NOT NULL, startedAt TEXT NOT NULL, cancelledAt TEXT
  ) STRICT;
  CREATE INDEX subscription_account ON subscription (accountId);
  CREATE UNIQUE INDEX one_active_subscription ON subscription (accountId) WHERE status = 'active';
  CREATE TABLE stored_answer (
    accountId TEXT NOT NULL REFERENCES account ON DELETE CASCADE, key TEXT NOT NULL, requestHash TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (accountId, key)
  ) STRICT;`;

const accountColumns = 'account.id, account.email, account.name, account.synthetic, account.createdAt';
const subscriptionColumns = 'id, planId, status, cardLastDigits, startedAt, cancelledAt';
const sessionHours = 24;

/** Accounts, sessions and subscriptions. Deleting an account deletes all that hangs on it. */
export function openAccounts(database: DatabaseSync, now: () => Date) {
  database.exec('PRAGMA foreign_keys = ON');
  database.exec(schema);
  const instant = () => now().toISOString();
  /** Queries for one row whose columns are those of `Row`. */
  const typed = <Row extends object>(text: string) => {
    const statement = database.prepare(text);
    return { get: (...values: readonly string[]) => statement.get(...values) as Row | undefined };
  };
  const insertAccount = database.prepare(
    'INSERT INTO account VALUES (:id, :email, :name, :passwordHash, :synthetic, :createdAt)',
  );
  const byEmail = typed<Account & { readonly passwordHash: string }>('SELECT * FROM account WHERE email = ?');
  const insertSession = database.prepare('INSERT INTO session VALUES (?, ?, ?)');
  const pruneSessions = database.prepare('DELETE FROM session WHERE createdAt < ?');
  const bySession = typed<Account>(
    `SELECT ${accountColumns} FROM session JOIN account ON account.id = session.accountId WHERE tokenHash = ? AND session.createdAt >= ?`,
  );
  const latest = typed<Subscription>(
    `SELECT ${subscriptionColumns} FROM subscription WHERE accountId = ? ORDER BY startedAt DESC, rowid DESC LIMIT 1`,
  );
  const insertSubscription = database.prepare(
    `INSERT INTO subscription VALUES (:id, :accountId, :planId, 'active', :cardLastDigits, :startedAt, NULL)`,
  );
  const cancel = database.prepare(
    `UPDATE subscription SET status = 'cancelled', cancelledAt = ? WHERE accountId = ? AND status = 'active'`,
  );
  const answer = typed<StoredAnswer>(
    'SELECT requestHash, status, body FROM stored_answer WHERE accountId = ? AND key = ?',
  );
  const insertAnswer = database.prepare('INSERT INTO stored_answer VALUES (?, ?, ?, ?, ?)');
  const synthetic = `FROM account WHERE synthetic IS NOT NULL AND (:marker IS NULL OR synthetic = :marker) AND (:createdBefore IS NULL OR createdAt < :createdBefore)`;
  const bind = ({ marker, createdBefore }: SyntheticFilter) => ({
    marker: marker ?? null,
    createdBefore: createdBefore ?? null,
  });
  const oldestSession = () => new Date(now().getTime() - sessionHours * 3_600_000).toISOString();

  return {
    /** Undefined when the address is taken. */
    create(account: NewAccount): Account | undefined {
      if (byEmail.get(account.email)) return undefined;
      const row = { id: randomUUID(), createdAt: instant(), ...account };
      insertAccount.run(row);
      const { passwordHash: _, ...created } = row;
      return created;
    },
    findForLogin: (email: string) => byEmail.get(email),
    /** Returns the token; only its hash is kept. */
    openSession(accountId: string): string {
      const token = randomBytes(32).toString('base64url');
      pruneSessions.run(oldestSession());
      insertSession.run(hashToken(token), accountId, instant());
      return token;
    },
    findBySession: (token: string) => bySession.get(hashToken(token), oldestSession()),
    closeSession: (token: string) =>
      database.prepare('DELETE FROM session WHERE tokenHash = ?').run(hashToken(token)).changes > 0,
    remove: (id: string) => database.prepare('DELETE FROM account WHERE id = ?').run(id).changes > 0,
    subscription: (accountId: string) => latest.get(accountId),
    subscribe(accountId: string, planId: PlanId, cardLastDigits: string): Subscription {
      const row = { id: randomUUID(), accountId, planId, cardLastDigits, startedAt: instant() };
      insertSubscription.run(row);
      return { id: row.id, planId, status: 'active', cardLastDigits, startedAt: row.startedAt, cancelledAt: null };
    },
    cancelSubscription: (accountId: string) => cancel.run(instant(), accountId).changes > 0,
    storedAnswer: (accountId: string, key: string) => answer.get(accountId, key),
    storeAnswer(accountId: string, key: string, { requestHash, status, body }: StoredAnswer): void {
      insertAnswer.run(accountId, key, requestHash, status, body);
    },
    /** Accounts that monitoring made and did not delete. */
    listSynthetic: (filter: SyntheticFilter) =>
      database.prepare(`SELECT ${accountColumns} ${synthetic} ORDER BY createdAt LIMIT 500`).all(bind(filter)),
    countSynthetic: (filter: SyntheticFilter) =>
      Number(database.prepare(`SELECT count(*) AS accounts ${synthetic}`).get(bind(filter))?.accounts),
    removeSynthetic: (filter: SyntheticFilter) =>
      Number(database.prepare(`DELETE ${synthetic}`).run(bind(filter)).changes),
    count: () => Number(database.prepare('SELECT count(*) AS accounts FROM account').get()?.accounts),
    /** Runs everything inside as one transaction. */
    atomically<Result>(work: () => Result): Result {
      database.exec('BEGIN');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
  };
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
