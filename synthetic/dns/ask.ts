import { createSocket } from 'node:dgram';
import { type Address, guardAddresses, literalAddress } from '../net/addresses.ts';
import type { Attempt, Settle } from '../net/attempt.ts';
import { connectTo } from '../net/connector.ts';
import { codeOf, type Phase, Trouble } from '../net/trouble.ts';
import { type Query, type Reply, readReply } from './message.ts';

export type Server = { readonly text: string; readonly address: Address; readonly port: number };
export type Asking = {
  readonly attempt: Attempt;
  readonly server: Server;
  readonly phase: Phase;
  readonly timeoutMs: number;
};
export type Answered = { readonly reply: Reply; readonly transport: 'udp' | 'tcp' };

/** A name server was named by the operator, so its own address needs no rule. */
const ANY_ADDRESS = guardAddresses({ allow: ['0.0.0.0/0', '::/0'], deny: [] });

/** `127.0.0.1:5353`, `[::1]:53`, `::1`. */
export function parseServer(text: string): Server {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  const address = literalAddress(bracketed ?? plain ?? text);
  if (address === undefined)
    throw new Trouble('resolve', 'BAD_OPTION', `'${text}' is not the address of a name server`);
  return { text, address, port: port === undefined ? 53 : Number(port) };
}

/** One question to one server: over UDP, and over TCP when the reply says that it was cut. */
export async function ask(asking: Asking, query: Query, transport: 'udp' | 'tcp'): Promise<Answered> {
  if (transport === 'udp') {
    const reply = await askUdp(asking, query);
    if (!reply.truncated) return { reply, transport };
  }
  return { reply: await askTcp(asking, query), transport: 'tcp' };
}

function askUdp({ attempt, server, phase, timeoutMs }: Asking, query: Query): Promise<Reply> {
  return attempt.during<Reply>(
    phase,
    (settle) => {
      const socket = createSocket(server.address.family === 6 ? 'udp6' : 'udp4');
      let isOpen = true;
      const close = (): void => {
        if (isOpen) socket.close();
        isOpen = false;
      };
      socket.on('error', (error) => settle.fail(new Trouble(phase, codeOf(error), server.text, error)));
      socket.on('message', (bytes) => receive(bytes, { query, server, phase, settle }));
      // A connected socket hears of refusals and of nobody but the server.
      socket.connect(server.port, server.address.address, () => {
        if (isOpen) socket.send(query.bytes);
      });
      return close;
    },
    timeoutMs,
  );
}

async function askTcp({ attempt, server, phase, timeoutMs }: Asking, query: Query): Promise<Reply> {
  const { address, port } = server;
  const { socket } = await connectTo(attempt, { addresses: [address], port, guard: ANY_ADDRESS, phase, timeoutMs });
  return attempt.during<Reply>(
    phase,
    (settle) => {
      let heard = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        heard = Buffer.concat([heard, chunk]);
        if (heard.length < 2 || heard.length < 2 + heard.readUInt16BE(0)) return;
        receive(heard.subarray(2, 2 + heard.readUInt16BE(0)), { query, server, phase, settle });
      });
      socket.once('error', (error) => settle.fail(new Trouble(phase, codeOf(error), server.text, error)));
      socket.once('close', () => {
        if (settle.isOpen()) settle.fail(new Trouble(phase, 'ENDED', server.text));
      });
      const length = Buffer.alloc(2);
      length.writeUInt16BE(query.bytes.length);
      socket.write(Buffer.concat([length, query.bytes]));
      return undefined;
    },
    timeoutMs,
  );
}

type Receiving = {
  readonly query: Query;
  readonly server: Server;
  readonly phase: Phase;
  readonly settle: Settle<Reply>;
};

function receive(bytes: Uint8Array, { query, server, phase, settle }: Receiving): void {
  const reply = readReply(bytes, query);
  // A late reply to an earlier question, or a forged one: ours may still come.
  if (reply === 'foreign') return;
  if ('malformed' in reply) settle.fail(new Trouble(phase, 'BAD_ANSWER', `${server.text}: ${reply.malformed}`));
  else settle.done(reply);
}
