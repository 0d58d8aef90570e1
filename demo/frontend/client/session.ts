import { callApi, sendJson } from './api.ts';

export type Subscription = {
  readonly planId: string;
  readonly status: 'active' | 'cancelled';
  readonly cardLastDigits: string;
  readonly startedAt: string;
};
export type Account = { readonly name: string; readonly email: string; readonly subscription: Subscription | null };

/** The token lives as long as the tab: the API is another origin, so a cookie would be a third party's. */
const storageKey = 'assistant-auto-session';

export function authorization(): Record<string, string> {
  const token = sessionStorage.getItem(storageKey);
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

export async function createAccount(fields: Readonly<Record<string, string>>): Promise<Account> {
  return keepSession(await sendJson('POST', '/api/accounts', fields));
}

export async function logIn(fields: Readonly<Record<string, string>>): Promise<Account> {
  return keepSession(await sendJson('POST', '/api/sessions', fields));
}

/** Undefined when nobody is logged in; other failures are thrown. */
export async function currentAccount(): Promise<Account | undefined> {
  if (sessionStorage.getItem(storageKey) === null) return undefined;
  const { account } = (await callApi('/api/accounts/me', { headers: authorization() })) as {
    readonly account: Account;
  };
  return account;
}

export function forgetSession(): void {
  sessionStorage.removeItem(storageKey);
}

function keepSession(answer: unknown): Account {
  const { account, token } = answer as { readonly account: Account; readonly token: string };
  sessionStorage.setItem(storageKey, token);
  return account;
}
