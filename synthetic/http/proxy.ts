import type { Secrets } from '../../core/secret.ts';
import { guardAddresses } from '../net/addresses.ts';
import type { Attempt } from '../net/attempt.ts';
import { type Connection, connectTo, hostPort } from '../net/connector.ts';
import type { NameResolver } from '../net/resolver.ts';
import { Trouble } from '../net/trouble.ts';
import type { HttpOptions } from './arguments.ts';
import { send } from './exchange.ts';
import { basic, reveal } from './outgoing.ts';
import { type Place, placeOf } from './place.ts';

export type ProxyOptions = NonNullable<HttpOptions['proxy']>;
export type ProxyConnection = Connection & {
  /** Whether the proxy only passes bytes on (https); otherwise it reads the request (http). */
  readonly tunnelled: boolean;
};
type ProxyInput = { readonly attempt: Attempt; readonly resolver: NameResolver; readonly secrets: Secrets };

/** The proxy was named by the operator, so its own address needs no rule. */
const ANY_ADDRESS = guardAddresses({ allow: ['0.0.0.0/0', '::/0'], deny: [] });

/** Connects to the proxy and, for https, has it open a tunnel. All of it is the phase `proxy`, and its trouble is never the target's. */
export async function connectThroughProxy(
  { attempt, resolver, secrets }: ProxyInput,
  proxy: ProxyOptions,
  place: Place,
): Promise<ProxyConnection> {
  const { host, port } = placeOf(new URL(proxy.url));
  const addresses = await resolver.resolve(attempt, host, { family: 'auto', phase: 'proxy' });
  const connection = await connectTo(attempt, { addresses, port, guard: ANY_ADDRESS, phase: 'proxy' });
  if (!place.isSecure) return { ...connection, tunnelled: false };
  const target = hostPort(place.host, place.port);
  const authorization = proxyAuthorization(proxy, secrets);
  const { response } = await send(
    attempt,
    connection.socket,
    {
      method: 'CONNECT',
      target,
      headers: ['host', target, ...(authorization === undefined ? [] : ['proxy-authorization', authorization])],
    },
    { phase: 'proxy' },
  );
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 299)
    throw new Trouble('proxy', 'PROXY_STATUS', `CONNECT ${target} was answered with ${status}`);
  return { ...connection, tunnelled: true };
}

export function proxyAuthorization({ user, password }: ProxyOptions, secrets: Secrets): string | undefined {
  if (password === undefined) return undefined;
  return basic(user === undefined ? '' : reveal(user, secrets), secrets.resolve(password));
}

/** A proxy that wants a login answers plain requests with 407 itself; that says nothing about the target. */
export function refuseProxyAnswer(status: number): void {
  if (status === 407) throw new Trouble('proxy', 'PROXY_STATUS', 'the request was answered with 407');
}
