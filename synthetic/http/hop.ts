import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { RunContext } from '../../core/kind.ts';
import type { Attempt } from '../net/attempt.ts';
import type { Connection } from '../net/connector.ts';
import { reach } from '../net/reach.ts';
import type { Handshaken } from '../net/report.ts';
import type { NameResolver } from '../net/resolver.ts';
import { handshake } from '../net/secure.ts';
import type { TlsContexts } from '../net/tls-contexts.ts';
import { Trouble } from '../net/trouble.ts';
import { type Exchange, type Message, send } from './exchange.ts';
import type { Outgoing } from './outgoing.ts';
import type { Place } from './place.ts';
import { literalRefusal, type Prepared, traceparent } from './prepare.ts';
import {
  connectThroughProxy,
  type ProxyConnection,
  type ProxyOptions,
  proxyAuthorization,
  refuseProxyAnswer,
} from './proxy.ts';

/** Long-lived parts that all http checks share. */
export type NetParts = { readonly resolver: NameResolver; readonly contexts: TlsContexts };
export type HopInput = {
  readonly attempt: Attempt;
  readonly prepared: Prepared;
  readonly context: RunContext;
  readonly parts: NetParts;
};

/** What is known of one request, filled in as it goes, so that a failure still tells what came before it. */
export type Hop = {
  readonly place: Place;
  readonly startMs: number;
  connection?: Connection;
  secured?: Handshaken;
  response?: IncomingMessage;
};

/** One request over a fresh connection, up to the head of the answer. */
export async function performHop(input: HopInput, outgoing: Outgoing, hop: Hop): Promise<Exchange> {
  const { attempt, prepared } = input;
  const { options } = prepared;
  const through = options.proxy === undefined ? undefined : await throughProxy(input, outgoing, options.proxy);
  const connection = through ?? (await connectDirectly(input, outgoing));
  hop.connection = connection;
  const socket = outgoing.place.isSecure ? await secure(input, connection.socket, outgoing, hop) : connection.socket;
  const exchange = await send(attempt, socket, messageOf(input, outgoing, through), {
    timeoutMs: options.phaseTimeouts.firstByte,
  });
  if (through?.tunnelled === false) refuseProxyAnswer(exchange.response.statusCode ?? 0);
  hop.response = exchange.response;
  return exchange;
}

/** The proxy does the connecting, so the only address we can judge is one that stands in the URL. */
function throughProxy(
  { attempt, prepared, parts, context }: HopInput,
  { place }: Outgoing,
  proxy: ProxyOptions,
): Promise<ProxyConnection> {
  const reason = literalRefusal(place, prepared.guard);
  if (reason !== undefined) throw new Trouble('connect', 'NOT_ALLOWED', `${place.authority}: ${reason}`);
  return connectThroughProxy({ attempt, resolver: parts.resolver, secrets: context.secrets }, proxy, place);
}

function connectDirectly({ attempt, prepared, parts }: HopInput, { place }: Outgoing): Promise<Connection> {
  const { guard, options } = prepared;
  const { family, resolver: servers, phaseTimeouts: timeouts } = options;
  return reach(attempt, parts.resolver, { host: place.host, port: place.port, guard, family, servers, timeouts });
}

/** The handshake, and the end of the hop when the certificate is not valid: nothing is sent to a server that is not who it should be. */
async function secure(
  { attempt, prepared, parts, context }: HopInput,
  socket: Socket,
  outgoing: Outgoing,
  hop: Hop,
): Promise<Socket> {
  const { tls, phaseTimeouts } = prepared.options;
  const { certificate: _certificate, key: _key, passphrase: _passphrase, ...anonymous } = tls;
  const material = outgoing.trusted ? tls : anonymous;
  const secured = await handshake(attempt, {
    socket,
    serverName: (outgoing.trusted ? tls.serverName : undefined) ?? outgoing.place.host,
    context: parts.contexts.plain(material) ?? (await parts.contexts.get(material, context)),
    ...(phaseTimeouts.tls === undefined ? {} : { timeoutMs: phaseTimeouts.tls }),
  });
  hop.secured = secured;
  const { problem } = secured;
  if (problem !== undefined && !tls.insecure) throw new Trouble('tls', problem.code, problem.detail);
  return secured.socket;
}

function messageOf(
  { attempt, prepared, context }: HopInput,
  outgoing: Outgoing,
  through: ProxyConnection | undefined,
): Message {
  const { place, body, method, wire } = outgoing;
  const isForwarded = through !== undefined && !through.tunnelled;
  const headers = [...wire];
  if (prepared.tracedOrigins.has(place.origin))
    headers.push('traceparent', traceparent(context.run, context.attempt.number, attempt.hop));
  const { proxy } = prepared.options;
  const authorization = isForwarded && proxy ? proxyAuthorization(proxy, context.secrets) : undefined;
  if (authorization !== undefined) headers.push('proxy-authorization', authorization);
  return {
    method,
    target: isForwarded ? `${place.origin}${place.path}` : place.path,
    headers,
    ...(body === undefined ? {} : { body }),
  };
}
