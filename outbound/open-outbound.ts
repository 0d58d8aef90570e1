import { type LookupAddress, lookup } from 'node:dns';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, isIP, type LookupFunction } from 'node:net';
import type { AddressGuard } from '../core/address-rules.ts';
import { cut } from '../core/cut.ts';
import { VigieError } from '../core/errors.ts';
import type { Outbound, OutboundAnswer, OutboundRequest } from '../core/outbound.ts';

/** Not imported: an import reads every export of `node:http`, and one of them loads all of `fetch`, in every command that starts. */
const { request: httpRequest } = process.getBuiltinModule('node:http');
const { request: httpsRequest } = process.getBuiltinModule('node:https');

const LONGEST_ANSWER_CHARACTERS = 4_096;

/** Opens sockets only to addresses that the guard lets pass. It is asked where the socket is opened, with the very address that will be used. */
export function openOutbound(guard: AddressGuard): Outbound {
  const guarded = guardedLookup(guard);
  return {
    async send(request) {
      const url = new URL(request.url);
      refuseLiteral(url.hostname.replace(/^\[|\]$/g, ''), guard);
      return answerOf(await respond(url, request, guarded));
    },
    async connect({ host, port, signal }) {
      refuseLiteral(host, guard);
      const socket = connect({ host, port, lookup: guarded });
      try {
        await once(socket, 'connect', { signal });
        return socket;
      } catch (error) {
        socket.destroy();
        throw error;
      }
    },
  };
}

/** Node asks no lookup function about a host that is an address already. */
function refuseLiteral(host: string, guard: AddressGuard): void {
  const family = isIP(host);
  const refusal = family === 4 || family === 6 ? guard.refusal({ address: host, family }) : undefined;
  if (refusal !== undefined) throw notAllowed(host, refusal);
}

/** Node connects to what this returns and does not ask again, so a name cannot lead elsewhere a moment later. */
function guardedLookup(guard: AddressGuard): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '');
      const allowed = found.filter(({ address, family }) => refusalOf({ address, family }, guard) === undefined);
      const [first] = allowed;
      const [refused] = found;
      if (first === undefined)
        return done(
          notAllowed(host, refused === undefined ? 'no address' : `${refused.address}: ${refusalOf(refused, guard)}`),
          '',
        );
      return options.all === true ? done(null, [...allowed]) : done(null, first.address, first.family);
    });
  };
}

function refusalOf({ address, family }: LookupAddress, guard: AddressGuard): string | undefined {
  return guard.refusal({ address, family: family === 6 ? 6 : 4 });
}

function notAllowed(host: string, why: string): VigieError {
  return new VigieError('not-allowed', `'${host}' may not be reached: ${why}`, {
    hint: 'add the address to settings.addresses.allow if it may be',
  });
}

function respond(
  url: URL,
  { method, headers, body, signal }: OutboundRequest,
  guarded: LookupFunction,
): Promise<IncomingMessage> {
  const make = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const asked = make(url, { method, headers, signal, lookup: guarded, agent: false }, resolve);
    asked.once('error', reject);
    asked.end(body);
  });
}

async function answerOf(response: IncomingMessage): Promise<OutboundAnswer> {
  let text = '';
  try {
    for await (const part of response.setEncoding('utf8')) {
      text += part;
      if (text.length > LONGEST_ANSWER_CHARACTERS) break;
    }
  } catch {
    // Status and headers are there; a body that breaks off changes nothing about them.
  }
  response.destroy();
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: cut(text, LONGEST_ANSWER_CHARACTERS),
  };
}
