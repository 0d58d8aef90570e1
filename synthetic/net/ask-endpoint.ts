import { createSecureContext, type SecureContext } from 'node:tls';
import type { AddressRules } from '../../core/address-rules.ts';
import type { Clock } from '../../core/clock.ts';
import type { Witness } from '../../core/observation.ts';
import { guardAddresses } from './addresses.ts';
import { Attempt } from './attempt.ts';
import { connectTo, hostPort } from './connector.ts';
import type { NameResolver } from './resolver.ts';
import { handshake } from './secure.ts';
import { Trouble } from './trouble.ts';

/** An endpoint that is asked for nothing but whether it is there. */
export type AskedEndpoint = {
  readonly host: string;
  readonly port: number;
  /** Whether it must also end a TLS handshake, with whatever certificate: a router of ours that answers for everybody does not. */
  readonly isSecure?: boolean;
};

export type AskingParts = {
  readonly clock: Clock;
  readonly resolver: NameResolver;
  readonly timeoutMs: number;
  /** The rules of the settings; an endpoint has none of its own. */
  readonly addresses: AddressRules;
};

const NO_RULES: AddressRules = { allow: [], deny: [] };

/** Resolves, connects and leaves. Never throws: what does not answer in time is not reached. Whom we may not reach is no witness. */
export async function askEndpoint(endpoint: AskedEndpoint, parts: AskingParts): Promise<Witness | undefined> {
  const { host, port } = endpoint;
  const { clock, resolver, timeoutMs } = parts;
  const deadline = new AbortController();
  const cancel = clock.schedule(timeoutMs, () => deadline.abort());
  const attempt = new Attempt({ signal: deadline.signal, clock, timeoutMs });
  const isKnown = resolver.knows(host);
  const named = (name: Witness['name']): Pick<Witness, 'name'> => (isKnown || name === undefined ? {} : { name });
  const witness = { endpoint: hostPort(host, port), reached: false };
  let name: Witness['name'] = 'unresolved';
  try {
    const addresses = await resolver.resolve(attempt, host, { family: 'auto', phase: 'resolve' });
    name = 'resolved';
    const { socket } = await connectTo(attempt, {
      addresses,
      port,
      guard: guardAddresses(NO_RULES, parts.addresses),
      phase: 'connect',
    });
    if (endpoint.isSecure) await handshake(attempt, { socket, serverName: host, context: withoutRoots() });
    return { ...witness, ...named(name), reached: true };
  } catch (error) {
    if (error instanceof Trouble && error.code === 'NOT_ALLOWED') return undefined;
    // Why it was not reached decides nothing: that the target was not reached either has its reason in its run.
    return { ...witness, ...named(name) };
  } finally {
    cancel();
    attempt.end();
  }
}

let context: SecureContext | undefined;

/** Nobody judges the certificate, so the well-known roots need not be parsed. */
function withoutRoots(): SecureContext {
  context ??= createSecureContext({ ca: [] });
  return context;
}
