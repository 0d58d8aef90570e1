import type { Socket } from 'node:net';
import type { RunContext } from '../../core/kind.ts';
import type { Assertion, Observation } from '../../core/observation.ts';
import { isSecretRef } from '../../core/secret.ts';
import { guardAddresses, normaliseHost } from '../net/addresses.ts';
import { Attempt } from '../net/attempt.ts';
import type { Connection } from '../net/connector.ts';
import { conclude } from '../net/endings.ts';
import { reach } from '../net/reach.ts';
import {
  certificateLeftMs,
  connectionFacts,
  type Handshaken,
  phaseMeasures,
  tlsFacts,
  totalMeasure,
} from '../net/report.ts';
import type { NameResolver } from '../net/resolver.ts';
import { handshake } from '../net/secure.ts';
import { safeText } from '../net/text.ts';
import type { TlsContexts } from '../net/tls-contexts.ts';
import { Trouble } from '../net/trouble.ts';
import { startsWithTls, type TcpOptions } from './arguments.ts';
import { Conversation } from './conversation.ts';
import { TCP_ENDINGS } from './endings.ts';
import { showWanted } from './parse.ts';

export type TcpResource = { readonly resolver: NameResolver; readonly contexts: TlsContexts };

/** What one attempt has seen so far. */
type Seen = {
  connection?: Connection;
  secured?: Handshaken;
  readonly assertions: Assertion[];
  /** What is waited for now, for the message when it does not come. */
  awaited: string;
  conversation?: Conversation;
  finished: boolean;
};
type Talk = {
  readonly attempt: Attempt;
  readonly options: TcpOptions;
  readonly context: RunContext;
  readonly resource: TcpResource;
  readonly record: Seen;
};

/** One attempt: connect, TLS where wanted, then the exchange step by step. */
export async function runTcp(options: TcpOptions, context: RunContext, resource: TcpResource): Promise<Observation> {
  const attempt = new Attempt({ signal: context.signal, clock: context.clock, timeoutMs: context.check.timeoutMs });
  const record: Seen = { assertions: [], awaited: 'an accepted connection', finished: false };
  const talk: Talk = { attempt, options, context, resource, record };
  try {
    await converse(talk);
    record.finished = true;
    return observe(talk);
  } catch (error) {
    return observe(talk, error);
  } finally {
    attempt.end();
  }
}

async function converse(talk: Talk): Promise<void> {
  const { attempt, options, context, resource, record } = talk;
  const host = hostOf(options, context);
  record.connection = await reach(attempt, resource.resolver, {
    host,
    port: options.port,
    guard: guardAddresses(options.addresses, context.addresses),
    family: options.family,
    servers: options.resolver,
    timeouts: options.phaseTimeouts,
  });
  record.assertions.push({ ok: true, expected: 'an accepted connection', actual: 'it was' });
  let socket: Socket = record.connection.socket;
  if (startsWithTls(options)) socket = await secure(talk, socket, host);
  if (options.exchange === undefined) return;
  record.conversation = new Conversation(attempt, socket, options.readLimit);
  for (const step of options.exchange) {
    if ('startTls' in step) {
      record.conversation.leave();
      socket = await secure(talk, socket, host);
      record.conversation = new Conversation(attempt, socket, options.readLimit);
      continue;
    }
    const { send, expect } = step;
    if (send !== undefined) record.conversation.say(isSecretRef(send) ? context.secrets.resolve(send) : send);
    if (expect === undefined) continue;
    record.awaited = `an answer with ${showWanted(expect)}`;
    await record.conversation.hear(expect, options.phaseTimeouts.answer);
    record.assertions.push({ ok: true, expected: record.awaited, actual: 'it came' });
  }
}

async function secure(
  { attempt, options, context, resource, record }: Talk,
  socket: Socket,
  host: string,
): Promise<Socket> {
  const tls = options.tls ?? { insecure: false };
  record.awaited = 'a TLS handshake';
  const secured = await handshake(attempt, {
    socket,
    serverName: tls.serverName ?? host,
    context: await resource.contexts.get(tls, context),
    protocols: [],
    ...(options.phaseTimeouts.tls === undefined ? {} : { timeoutMs: options.phaseTimeouts.tls }),
  });
  record.secured = secured;
  const { problem } = secured;
  if (problem !== undefined && !tls.insecure) throw new Trouble('tls', problem.code, problem.detail);
  if (problem === undefined) record.assertions.push({ ok: true, expected: 'a valid certificate', actual: 'it is' });
  return secured.socket;
}

function hostOf({ host }: TcpOptions, { target }: RunContext): string {
  if (host !== undefined) return host;
  const { hostname } = new URL(target.baseUrl);
  return normaliseHost(hostname) ?? hostname;
}

function observe({ attempt, options, context, record }: Talk, error?: unknown): Observation {
  const { connection, secured, assertions, awaited, conversation } = record;
  const concluded = record.finished ? undefined : conclude(error, TCP_ENDINGS, awaited);
  const broken =
    concluded && 'assertion' in concluded ? [withReceived(concluded.assertion, conversation, context)] : [];
  const leftMs = certificateLeftMs(secured, context.clock.now());
  const wanted = (options.exchange ?? []).filter((step) => 'expect' in step && step.expect !== undefined).length;
  return {
    measures: [
      ...phaseMeasures(attempt.spans),
      ...(record.finished ? [totalMeasure(attempt.spans)] : []),
      ...(leftMs === undefined ? [] : [{ name: 'certificate_time_left', value: leftMs, unit: 'ms' } as const]),
    ],
    steps: [],
    assertions: [...assertions, ...broken],
    evidence: {
      connections: { seen: connection === undefined ? 0 : 1 },
      answers: {
        seen: assertions.filter(({ expected }) => expected.startsWith('an answer')).length,
        detail: `of ${wanted} expected`,
      },
    },
    artefacts: [],
    tools: {},
    taints: [],
    facts: {
      ...(connection === undefined ? {} : { ...connectionFacts(connection), port: String(options.port) }),
      ...(secured === undefined ? {} : tlsFacts(secured)),
      ...(options.tls?.insecure ? { insecure: 'true' } : {}),
    },
    ...(concluded && 'fault' in concluded ? { fault: concluded.fault } : {}),
  };
}

/** What did arrive instead explains most. */
function withReceived(
  assertion: Assertion,
  conversation: Conversation | undefined,
  { secrets }: RunContext,
): Assertion {
  if (conversation === undefined) return assertion;
  const unread = safeText(secrets.scrub(conversation.unread).replace(/^…/, ''), 200);
  const received = unread === '' ? 'nothing more arrived' : `'${unread}' arrived`;
  return { ...assertion, actual: `${assertion.actual}; ${received}` };
}
