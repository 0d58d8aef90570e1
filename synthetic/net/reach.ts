import type { AddressGuard } from '../../core/address-rules.ts';
import type { Family } from './addresses.ts';
import type { Attempt } from './attempt.ts';
import { type Connection, connectTo } from './connector.ts';
import type { NameResolver } from './resolver.ts';

/** How to get to a host, as every kind that connects lets a check say it. */
type Route = {
  readonly host: string;
  readonly port: number;
  readonly guard: AddressGuard;
  readonly family: 'auto' | Family;
  readonly servers: readonly string[] | undefined;
  readonly timeouts: { readonly resolve?: number | undefined; readonly connect?: number | undefined };
};

/** Resolves and connects, each in its phase. */
export async function reach(attempt: Attempt, resolver: NameResolver, route: Route): Promise<Connection> {
  const { host, port, guard, family, servers, timeouts } = route;
  const addresses = await resolver.resolve(attempt, host, {
    family,
    phase: 'resolve',
    ...(servers === undefined ? {} : { servers }),
    ...(timeouts.resolve === undefined ? {} : { timeoutMs: timeouts.resolve }),
  });
  return connectTo(attempt, {
    addresses,
    port,
    guard,
    phase: 'connect',
    ...(timeouts.connect === undefined ? {} : { timeoutMs: timeouts.connect }),
  });
}
