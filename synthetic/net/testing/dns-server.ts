import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer } from 'node:net';
import {
  type Answer,
  decode,
  encode,
  type Packet,
  type Question,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from 'dns-packet';

export const RCODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;

export type Reply =
  | {
      readonly rcode?: number;
      readonly answers?: readonly Answer[];
      /** Sets the bit that tells the client to ask again over TCP; ignored over TCP. */
      readonly truncated?: boolean;
      /** Further header bits. */
      readonly flags?: number;
    }
  /** Bytes as they are, for replies that are not DNS. */
  | { readonly raw: Uint8Array }
  /** Says nothing at all. */
  | 'silence';
export type Asked = { readonly question: Question; readonly over: 'udp' | 'tcp'; readonly packet: Packet };
export type DnsServer = AsyncDisposable & {
  readonly address: string;
  readonly port: number;
  readonly asked: readonly Asked[];
};

/** A name server on loopback, UDP and TCP on one port, that says what the script says. */
export async function serveDns(script: (asked: Asked) => Reply): Promise<DnsServer> {
  const asked: Asked[] = [];
  const answer = (message: Buffer, over: 'udp' | 'tcp'): Uint8Array | undefined => {
    const packet = decode(message);
    const question = packet.questions?.[0];
    if (question === undefined) return undefined;
    const one: Asked = { question, over, packet };
    asked.push(one);
    return encodeReply(packet, script(one), over);
  };
  const { udp, tcp, port } = await bindBoth(answer);
  return {
    address: `127.0.0.1:${port}`,
    port,
    asked,
    [Symbol.asyncDispose]: async () => {
      await new Promise<void>((resolve) => udp.close(() => resolve()));
      await tcp();
    },
  };
}

export function a(name: string, data: string): Answer {
  return { type: 'A', name, ttl: 0, data };
}

export function aaaa(name: string, data: string): Answer {
  return { type: 'AAAA', name, ttl: 0, data };
}

function encodeReply(packet: Packet, reply: Reply, over: 'udp' | 'tcp'): Uint8Array | undefined {
  if (reply === 'silence') return undefined;
  if ('raw' in reply) return reply.raw;
  const truncated = reply.truncated === true && over === 'udp';
  return encode({
    type: 'response',
    ...(packet.id === undefined ? {} : { id: packet.id }),
    flags:
      RECURSION_DESIRED |
      RECURSION_AVAILABLE |
      (reply.rcode ?? 0) |
      (reply.flags ?? 0) |
      (truncated ? TRUNCATED_RESPONSE : 0),
    ...(packet.questions === undefined ? {} : { questions: packet.questions }),
    answers: truncated ? [] : [...(reply.answers ?? [])],
  });
}

type Respond = (message: Buffer, over: 'udp' | 'tcp') => Uint8Array | undefined;

/** A port free for UDP may be taken for TCP, so it is tried again. */
async function bindBoth(respond: Respond): Promise<{ udp: UdpSocket; tcp: () => Promise<void>; port: number }> {
  for (let attempt = 0; ; attempt += 1) {
    const udp = createSocket('udp4');
    udp.on('message', (message, peer) => {
      const reply = respond(message, 'udp');
      if (reply) udp.send(reply, peer.port, peer.address);
    });
    await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
    const { port } = udp.address();
    try {
      return { udp, tcp: await bindTcp(port, respond), port };
    } catch (error) {
      udp.close();
      if (attempt >= 10) throw error;
    }
  }
}

async function bindTcp(port: number, respond: Respond): Promise<() => Promise<void>> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      const reply = respond(chunk.subarray(2), 'tcp');
      if (reply === undefined) return;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      socket.end(Buffer.concat([length, reply]));
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return () => new Promise((resolve) => server.close(() => resolve()));
}
