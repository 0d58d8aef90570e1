import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { chargeTestCard } from '../accounts/card.ts';
import { findPlan, plans } from '../accounts/plans.ts';
import type { Account, Accounts, StoredAnswer } from '../accounts/store.ts';
import { readJson } from '../server/body.ts';
import { type ApiError, errorResponse } from '../server/errors.ts';
import { findAccount, loginNeeded } from './accounts.ts';

const checkout = z.strictObject({
  planId: z.string().max(40),
  card: z.strictObject({ number: z.string().max(40), expiry: z.string().max(10), cvc: z.string().max(8) }),
});
type Checkout = z.output<typeof checkout>;

export function planRoutes(): Hono {
  const routes = new Hono();
  routes.get('/', (context) => context.json({ items: plans }));
  return routes;
}

/** `POST /` pays and subscribes, `GET /current` shows, `DELETE /current` cancels. */
export function subscriptionRoutes(accounts: Accounts, now: () => Date): Hono {
  const routes = new Hono();
  routes.post('/', async (context) => {
    const parsed = await readJson(context, checkout);
    if ('error' in parsed) return errorResponse(context, parsed.error);
    const account = findAccount(context, accounts);
    if (!account) return errorResponse(context, loginNeeded);
    // From here on nothing is awaited: two requests with one key cannot both be charged.
    return accounts.atomically(() => payOnce(context, accounts, { account, request: parsed.value, now: now() }));
  });
  routes.get('/current', (context) => {
    const account = findAccount(context, accounts);
    if (!account) return errorResponse(context, loginNeeded);
    const subscription = accounts.subscription(account.id);
    return subscription ? context.json({ subscription }) : errorResponse(context, noSubscription);
  });
  routes.delete('/current', (context) => {
    const account = findAccount(context, accounts);
    if (!account) return errorResponse(context, loginNeeded);
    if (!accounts.cancelSubscription(account.id)) return errorResponse(context, noSubscription);
    return context.json({ subscription: accounts.subscription(account.id) });
  });
  return routes;
}

type Payment = { readonly account: Account; readonly request: Checkout; readonly now: Date };

/** A repeated Idempotency-Key gets the first answer again; with another request it is refused. */
function payOnce(context: Context, accounts: Accounts, payment: Payment): Response {
  const key = context.req.header('idempotency-key');
  if (key === undefined) return send(context, pay(accounts, payment));
  if (key.length > 100)
    return errorResponse(context, {
      status: 400,
      code: 'invalid_request',
      message: 'Idempotency-Key compte au plus 100 caractères.',
    });
  const requestHash = createHash('sha256').update(JSON.stringify(payment.request)).digest('base64url');
  const earlier = accounts.storedAnswer(payment.account.id, key);
  if (earlier && earlier.requestHash !== requestHash) return errorResponse(context, keyReused);
  if (earlier) {
    context.header('idempotent-replayed', 'true');
    return send(context, earlier);
  }
  const answer = pay(accounts, payment);
  accounts.storeAnswer(payment.account.id, key, { requestHash, ...answer });
  return send(context, answer);
}

type Answer = Omit<StoredAnswer, 'requestHash'>;

function pay(accounts: Accounts, { account, request, now }: Payment): Answer {
  const plan = findPlan(request.planId);
  if (!plan)
    return refusal({
      status: 404,
      code: 'unknown_plan',
      message: `La formule ${request.planId} n’existe pas.`,
      hint: 'Voir /api/plans',
    });
  if (accounts.subscription(account.id)?.status === 'active') return refusal(alreadySubscribed);
  const charge = chargeTestCard(request.card, now);
  switch (charge.outcome) {
    case 'invalid':
      return refusal({ status: 400, code: 'invalid_card', message: charge.reason });
    case 'declined':
      return refusal({ status: 402, code: 'card_declined', message: charge.reason });
    case 'accepted': {
      const subscription = accounts.subscribe(account.id, plan.id, charge.lastDigits);
      return { status: 201, body: JSON.stringify({ subscription, plan }) };
    }
  }
}

function refusal({ status, ...error }: ApiError): Answer {
  return { status, body: JSON.stringify({ error }) };
}

function send(context: Context, { status, body }: Answer): Response {
  context.header('content-type', 'application/json');
  context.status(status as 201 | 400 | 402 | 404 | 409);
  return context.body(body);
}

const alreadySubscribed: ApiError = {
  status: 409,
  code: 'already_subscribed',
  message: 'Un abonnement est déjà actif.',
  hint: 'Résiliez-le d’abord.',
};
const noSubscription: ApiError = { status: 404, code: 'no_subscription', message: 'Aucun abonnement actif.' };
const keyReused: ApiError = {
  status: 422,
  code: 'idempotency_key_reused',
  message: 'Cette Idempotency-Key a servi pour une autre demande.',
};
