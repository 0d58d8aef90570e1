import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { hashPassword, verifyPassword } from '../accounts/password.ts';
import type { Account, Accounts } from '../accounts/store.ts';
import { readJson } from '../server/body.ts';
import { type ApiError, errorResponse } from '../server/errors.ts';

const email = z.email('adresse e-mail incorrecte').max(254);
const newAccount = z.strictObject({
  email,
  password: z.string().min(8, 'au moins 8 caractères').max(200),
  name: z.string().trim().min(1, 'le nom manque').max(80),
  /** Which monitor makes this account; also taken from an address such as anna+synthetic-checkout@example.org. */
  synthetic: z.string().trim().min(1).max(64).optional(),
});
const login = z.strictObject({ email, password: z.string().max(200) });

/** `POST /` creates an account and opens a session; `/me` is the account of the bearer token. */
export function accountRoutes(accounts: Accounts): Hono {
  const routes = new Hono();
  routes.post('/', async (context) => {
    const parsed = await readJson(context, newAccount);
    if ('error' in parsed) return errorResponse(context, parsed.error);
    const { password, synthetic, ...rest } = parsed.value;
    const passwordHash = await hashPassword(password);
    const account = accounts.create({ ...rest, passwordHash, synthetic: synthetic ?? markerIn(rest.email) });
    if (!account) return errorResponse(context, emailTaken);
    return context.json({ account: toJson(accounts, account), token: accounts.openSession(account.id) }, 201);
  });
  routes.get('/me', (context) => {
    const account = findAccount(context, accounts);
    return account ? context.json({ account: toJson(accounts, account) }) : errorResponse(context, loginNeeded);
  });
  routes.delete('/me', (context) => {
    const account = findAccount(context, accounts);
    if (!account) return errorResponse(context, loginNeeded);
    accounts.remove(account.id);
    return context.body(null, 204);
  });
  return routes;
}

/** `POST /` logs in, `DELETE /current` logs out. */
export function sessionRoutes(accounts: Accounts): Hono {
  const routes = new Hono();
  routes.post('/', async (context) => {
    const parsed = await readJson(context, login);
    if ('error' in parsed) return errorResponse(context, parsed.error);
    const found = accounts.findForLogin(parsed.value.email);
    // A password is checked in any case, so that the time taken does not tell which addresses exist.
    const valid = await verifyPassword(parsed.value.password, found?.passwordHash ?? noHash);
    if (!found || !valid) return errorResponse(context, wrongLogin);
    const { passwordHash: _, ...account } = found;
    return context.json({ account: toJson(accounts, account), token: accounts.openSession(account.id) }, 201);
  });
  routes.delete('/current', (context) => {
    const closed = accounts.closeSession(bearerToken(context));
    return closed ? context.body(null, 204) : errorResponse(context, loginNeeded);
  });
  return routes;
}

export function findAccount(context: Context, accounts: Accounts): Account | undefined {
  return accounts.findBySession(bearerToken(context));
}

function bearerToken(context: Context): string {
  return /^Bearer (\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1] ?? '';
}

function markerIn(address: string): string | null {
  return /\+synthetic-([\w.-]{1,64})@/i.exec(address)?.[1] ?? null;
}

function toJson(accounts: Accounts, account: Account) {
  return { ...account, subscription: accounts.subscription(account.id) ?? null };
}

const noHash = `${'A'.repeat(22)}.${'A'.repeat(43)}`;
export const loginNeeded: ApiError = {
  status: 401,
  code: 'unauthorized',
  message: 'Connectez-vous d’abord.',
  hint: 'POST /api/sessions donne un jeton pour « authorization: Bearer ».',
};
const wrongLogin: ApiError = { status: 401, code: 'wrong_login', message: 'Adresse e-mail ou mot de passe incorrect.' };
const emailTaken: ApiError = {
  status: 409,
  code: 'email_taken',
  message: 'Un compte existe déjà pour cette adresse e-mail.',
};
