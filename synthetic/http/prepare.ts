import { createHash } from 'node:crypto';
import { compile, JSONPathQuery } from 'json-p3';
import type { AddressGuard, AddressRules } from '../../core/address-rules.ts';
import type { Target } from '../../core/check.ts';
import { fault } from '../../core/fault.ts';
import { guardAddresses, literalAddress } from '../net/addresses.ts';
import type { PatternSource } from '../net/patterns.ts';
import { Interruption } from '../net/trouble.ts';
import type { HttpOptions } from './arguments.ts';
import type { JsonExpectation } from './expectations.ts';
import { comparesPlaces } from './filter-places.ts';
import { constantRequest, isConstant, type Outgoing } from './outgoing.ts';
import { literalsOf } from './path-literals.ts';
import { type Place, placeOf } from './place.ts';

export type CompiledPattern = { readonly expression: RegExp; readonly source: PatternSource };
export type CompiledJson = {
  readonly rule: JsonExpectation;
  readonly query: JSONPathQuery;
  readonly pattern?: RegExp;
  /** Numbers that its filters compare with. */
  readonly literals: readonly number[];
  /** Whether its filters compare values of the body with each other. */
  readonly comparesPlaces: boolean;
  /** What must be there before it can be said that nothing is at the path. */
  readonly holder?: JSONPathQuery;
};

/** All that can be made of the options once instead of once per run. */
export type Prepared = {
  readonly options: HttpOptions;
  readonly place: Place;
  /** The request, when every run sends the same. */
  readonly constant?: Outgoing;
  readonly guard: AddressGuard;
  readonly tracedOrigins: ReadonlySet<string>;
  readonly json: readonly CompiledJson[];
  readonly matches: readonly CompiledPattern[];
  readonly notMatches: readonly CompiledPattern[];
};

type Surroundings = { readonly target: Target; readonly addresses?: AddressRules };
type Kept = Surroundings & { readonly prepared: Prepared };

/** Keeps what was prepared as long as the check lives; a reloaded configuration has new options and gets its own. */
export class Preparations {
  readonly #kept = new WeakMap<HttpOptions, Kept>();

  get(options: HttpOptions, { target, addresses }: Surroundings): Prepared {
    const kept = this.#kept.get(options);
    if (kept?.target === target && kept.addresses === addresses) return kept.prepared;
    const prepared = prepare(options, target, addresses);
    this.#kept.set(options, { target, prepared, ...(addresses === undefined ? {} : { addresses }) });
    return prepared;
  }
}

/** Fails with an `Interruption` when options and target do not fit together. */
function prepare(options: HttpOptions, target: Target, addresses: AddressRules | undefined): Prepared {
  const { body } = options.expect;
  const place = placeOf(resolveUrl(options, target));
  return {
    options,
    place,
    ...(isConstant(options) ? { constant: constantRequest(options, place) } : {}),
    guard: guardAddresses(options.addresses, addresses),
    tracedOrigins: new Set(options.traceTo.map((text) => new URL(text).origin)),
    json: (body.json ?? []).map(compileJson),
    matches: (body.matches ?? []).map(compilePattern),
    notMatches: (body.notMatches ?? []).map(compilePattern),
  };
}

function resolveUrl({ url, origin }: HttpOptions, target: Target): URL {
  const base = origin === undefined ? target.baseUrl : target.origins[origin];
  if (base === undefined || (origin !== undefined && !Object.hasOwn(target.origins, origin))) {
    const known = Object.keys(target.origins).join(', ') || 'none';
    throw refuse(
      `Target '${target.name}' has no origin '${origin}' (known: ${known}); add it to the target's 'origins'`,
    );
  }
  const resolved = URL.parse(url, base);
  if (resolved === null || !/^https?:$/.test(resolved.protocol))
    throw refuse(`'${url}' on '${base}' is not an http(s) URL; correct 'url' or the target's base URL`);
  if (resolved.username !== '' || resolved.password !== '')
    throw refuse(`The base URL of target '${target.name}' holds a user or password; use 'auth' with a secret instead`);
  return resolved;
}

function refuse(message: string): Interruption {
  return new Interruption(fault('config-invalid', message));
}

function compileJson(rule: JsonExpectation): CompiledJson {
  const { matches } = rule;
  const query = compile(rule.path);
  return {
    rule,
    query,
    literals: literalsOf(rule.path).map(Number),
    comparesPlaces: comparesPlaces(query),
    ...(matches === undefined ? {} : { pattern: new RegExp(matches.source, matches.flags) }),
    ...(rule.exists === false ? { holder: holderOf(query) } : {}),
  };
}

/** `$.data` of `$.data.error`, `$.items` of `$.items[*].error`: the longest beginning that names one value. */
function holderOf({ environment, segments }: JSONPathQuery): JSONPathQuery {
  const names = segments.slice(0, -1);
  while (!new JSONPathQuery(environment, names).singularQuery()) names.pop();
  return new JSONPathQuery(environment, names);
}

function compilePattern(source: PatternSource): CompiledPattern {
  return { source, expression: new RegExp(source.source, source.flags) };
}

/** Why a host that is itself an address may not be reached; names are judged once their addresses are known. */
export function literalRefusal({ host }: Place, guard: AddressGuard): string | undefined {
  const address = literalAddress(host);
  return address === undefined ? undefined : guard.refusal(address);
}

/** Trace and span ids of W3C trace context: of the run, so that a person finds one from the other. */
export function traceparent(run: string, attempt: number, hop: number): string {
  return `00-${traceId(run)}-${digest(`${run} ${attempt} ${hop}`, 16)}-01`;
}

export function traceId(run: string): string {
  return digest(run, 32);
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
