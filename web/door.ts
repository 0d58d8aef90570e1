import type { Context } from 'hono';
import type { HashedToken, TokenScope } from '../core/api-token.ts';
import type { WebParts } from './parts.ts';
import { limitRate, type Rate } from './rate-limit.ts';
import { basicPasswordOf, bearerOf, keepTokens } from './tokens.ts';

export type Refusal = {
  readonly status: 401 | 403 | 429;
  readonly error: string;
  readonly headers: Readonly<Record<string, string>>;
};
export type Answer = { readonly holder: HashedToken } | Refusal;

/** Decides by token and by client who may do what. One for all listeners, so that a client has one account. */
export type Door = {
  /** Whether reading, or scraping, asks for a token. */
  asksFor(scope: 'read' | 'metrics'): boolean;
  ask(context: Context, scope: TokenScope): Answer;
  /** Counts a ping, and refuses it when this client has pinged too much. */
  pingRefusal(context: Context): Refusal | undefined;
  /** Counts that the ping had a token of nobody, which costs as much as many. */
  pingedWrong(context: Context): void;
};

const FAILURES: Rate = { burst: 10, perMinute: 10 };
const CHANGES: Rate = { burst: 60, perMinute: 60 };
const PINGS: Rate = { burst: 1_200, perMinute: 1_200 };
const COST_OF_A_GUESS = 40;

export function openDoor({ tokens, requireToken, clock, audit }: WebParts): Door {
  const known = keepTokens(tokens, clock);
  const failures = limitRate(FAILURES, clock);
  const changes = limitRate(CHANGES, clock);
  const pings = limitRate(PINGS, clock);

  /** Counts the failure; told once, when the client is shut out by it. */
  function fail(client: string, scope: TokenScope): Refusal {
    failures.spend(client);
    if (failures.waitMs(client) > 0) audit({ what: 'shut-out', client });
    return { status: 401, error: 'a valid bearer token is needed', headers: { 'www-authenticate': challenge(scope) } };
  }

  return {
    asksFor: (scope) => requireToken || (scope === 'metrics' && known.some('metrics')),
    ask(context, scope) {
      const client = clientOf(context);
      const header = context.req.header('authorization');
      // A browser sends a password along with every request, whoever made it: good enough to read, not to change.
      const given = bearerOf(header) ?? (scope === 'write' ? undefined : basicPasswordOf(header));
      if (header === undefined) return missing(scope, known.some(scope));
      const holder = given === undefined ? undefined : known.holder(given);
      const waitMs = failures.waitMs(client);
      // Who goes on guessing stays out longer; the answer is the same to a right token and to a wrong one.
      if (waitMs > 0 && holder === undefined) failures.spend(client);
      if (waitMs > 0) return tooMany('too many failed authentications', waitMs);
      if (holder === undefined) return fail(client, scope);
      if (!holder.scopes.includes(scope))
        return { status: 403, error: `the token '${holder.name}' lacks the scope '${scope}'`, headers: {} };
      if (scope !== 'write') return { holder };
      const changeWaitMs = changes.waitMs(client);
      if (changeWaitMs > 0) return tooMany('too many changes', changeWaitMs);
      changes.spend(client);
      return { holder };
    },
    pingRefusal(context) {
      const client = clientOf(context);
      const waitMs = pings.waitMs(client);
      if (waitMs > 0) return tooMany('too many pings', waitMs);
      pings.spend(client);
      return undefined;
    },
    pingedWrong: (context) => pings.spend(clientOf(context), COST_OF_A_GUESS),
  };
}

/** No guess was made, so nothing is counted. */
function missing(scope: TokenScope, isAnybodyAble: boolean): Refusal {
  if (scope === 'write' && !isAnybodyAble)
    return {
      status: 403,
      error: "nothing may be changed: no token has the scope 'write'; see settings.apiTokens and `vigie token`",
      headers: {},
    };
  return { status: 401, error: 'a bearer token is needed', headers: { 'www-authenticate': challenge(scope) } };
}

function tooMany(error: string, waitMs: number): Refusal {
  return { status: 429, error, headers: { 'retry-after': String(Math.ceil(waitMs / 1_000)) } };
}

/** Only where people look does a browser ask for a password. */
function challenge(scope: TokenScope): string {
  return scope === 'read' ? 'Basic realm="vigie", charset="UTF-8"' : 'Bearer';
}

/** The address at the other end of the connection. Headers that name another are whatever the client wrote. */
export function clientOf(context: Context): string {
  const incoming = (context.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined)?.incoming;
  return incoming?.socket?.remoteAddress ?? 'unknown';
}
