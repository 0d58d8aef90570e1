import exec from 'k6/execution';
import http from 'k6/http';
import { Counter, Trend } from 'k6/metrics';
import { checkAnswer, jsonOf, valueIn } from '../kit/checks.ts';
import { type Random, randomText } from '../kit/random.ts';
import { durationSetting, numberSetting, textSetting, urlSetting } from '../kit/settings.ts';
import { namedWith } from '../kit/tags.ts';
import { iterationRandom, thinkTime } from '../kit/think-time.ts';
import { url } from '../kit/url.ts';

/**
 * People who open an account, subscribe with a test card, cancel, and leave. Whatever goes wrong on the way, the account
 * is deleted again; the ones that could not be are counted. Sizes: VUS (5), DURATION (1m), PLAN (confort), P95_MS (800).
 *   k6 run load/scenarios/subscription.ts
 */
const api = urlSetting(['VIGIE_API', 'VIGIE_TARGET'], 'http://127.0.0.1:5000');
const plan = textSetting('PLAN', 'confort');
const orphans = new Counter('orphans');
const wholeTime = new Trend('subscription_time', true);

export const options = {
  vus: numberSetting('VUS', 5, { least: 1 }),
  duration: durationSetting('DURATION', '1m'),
  thresholds: {
    http_req_failed: ['rate<0.01'],
    http_req_duration: [`p(95)<${numberSetting('P95_MS', 800, { least: 1 })}`],
    checks: ['rate>0.99'],
    orphans: ['count<1'],
  },
};

export default function () {
  const random = iterationRandom();
  const startMs = Date.now();
  const token = openAccount(random);
  if (token !== undefined) {
    try {
      subscribe(token, random);
    } finally {
      closeAccount(token);
    }
    wholeTime.add(Date.now() - startMs);
  }
  thinkTime(random, 0.5, 1.5);
}

function openAccount(random: Random): string | undefined {
  const who = `${exec.vu.idInTest}-${exec.vu.iterationInScenario}-${randomText(random, 8)}-${Date.now()}`;
  const body = { email: `${who}+synthetic-load@example.org`, password: randomText(random, 16), name: 'Load test' };
  const answer = send('POST', '/api/accounts', 'open account', '', body);
  checkAnswer(answer, 201, { 'gives a token': (it) => typeof valueIn(jsonOf(it), 'token') === 'string' });
  const token = valueIn(jsonOf(answer), 'token');
  return typeof token === 'string' ? token : undefined;
}

function subscribe(token: string, random: Random): void {
  const body = { planId: plan, card: { number: '4242 4242 4242 4242', expiry: '12/39', cvc: '123' } };
  const paid = send('POST', '/api/subscriptions', 'pay', token, body, { 'idempotency-key': randomText(random, 24) });
  checkAnswer(paid, 201, { 'is active': (it) => valueIn(jsonOf(it), 'subscription', 'status') === 'active' });
  checkAnswer(send('DELETE', '/api/subscriptions/current', 'cancel', token), 200);
}

function closeAccount(token: string): void {
  const gone = checkAnswer(send('DELETE', '/api/accounts/me', 'close account', token), 204);
  if (!gone) orphans.add(1);
}

function send(
  method: 'POST' | 'DELETE',
  path: string,
  name: string,
  token: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
) {
  const all = {
    ...headers,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
  };
  return http.request(method, url(api, path), body === undefined ? null : JSON.stringify(body), namedWith(name, all));
}
