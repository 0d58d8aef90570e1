import { connect, type Socket } from 'node:net';
import type { AddressGuard } from '../../core/address-rules.ts';
import type { Address } from './addresses.ts';
import type { Attempt, Settle } from './attempt.ts';
import { codeOf, type Phase, Trouble } from './trouble.ts';

export type Destination = {
  readonly addresses: readonly Address[];
  readonly port: number;
  readonly guard: AddressGuard;
  readonly phase: Phase;
  readonly timeoutMs?: number;
};
export type Connection = {
  readonly socket: Socket;
  readonly address: Address;
  /** Addresses that were tried before and why they did not answer, e.g. `::1 ECONNREFUSED`. */
  readonly passedOver: readonly string[];
};

/** Head start of one address before the next is tried beside it (RFC 8305, connection attempt delay). */
const HEAD_START_MS = 250;
/** Of several reasons the one that explains most: this machine's trouble, then the target's, then the network's. */
const RANKS: readonly (readonly string[])[] = [
  ['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS'],
  ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN'],
];

/** Connects to the first address that answers, racing them as browsers do. Every address passes the guard right here. */
export function connectTo(attempt: Attempt, destination: Destination): Promise<Connection> {
  const { addresses, guard, phase, timeoutMs } = destination;
  return attempt.during<Connection>(
    phase,
    (settle) => {
      const allowed = addresses.filter((address) => guard.refusal(address) === undefined);
      const [only] = allowed;
      if (only !== undefined && allowed.length === 1) return connectToOne(attempt, only, destination, settle);
      if (allowed.length > 0) return race(attempt, { ...destination, addresses: allowed }, settle);
      const [first] = addresses;
      const reason = first === undefined ? 'no address' : `${first.address}: ${guard.refusal(first)}`;
      settle.fail(new Trouble(phase, 'NOT_ALLOWED', reason));
      return undefined;
    },
    timeoutMs,
  );
}

/** The usual case, without the bookkeeping of a race. */
function connectToOne(
  attempt: Attempt,
  address: Address,
  { port, phase }: Destination,
  settle: Settle<Connection>,
): undefined {
  const socket = attempt.own(connect({ host: address.address, port, family: address.family, noDelay: true }));
  socket.once('connect', () => settle.done({ socket, address, passedOver: [] }));
  socket.once('error', (error) => {
    if (settle.isOpen()) settle.fail(worst([{ address: address.address, code: codeOf(error) }], port, phase));
  });
}

function race(attempt: Attempt, { addresses, port, phase }: Destination, settle: Settle<Connection>): () => void {
  const failures: { readonly address: string; readonly code: string }[] = [];
  const open = new Set<Socket>();
  let started = 0;
  let cancelHeadStart: (() => void) | undefined;
  const startNext = (): void => {
    cancelHeadStart?.();
    cancelHeadStart = undefined;
    const index = started;
    const address = addresses[index];
    if (address === undefined) return;
    started += 1;
    const socket = attempt.own(connect({ host: address.address, port, family: address.family, noDelay: true }));
    open.add(socket);
    if (started < addresses.length) cancelHeadStart = attempt.clock.schedule(HEAD_START_MS, startNext);
    socket.once('connect', () => {
      open.delete(socket);
      settle.done({ socket, address, passedOver: addresses.slice(0, index).map((other) => passed(other, failures)) });
    });
    socket.once('error', (error) => {
      open.delete(socket);
      failures.push({ address: address.address, code: codeOf(error) });
      if (failures.length === addresses.length) settle.fail(worst(failures, port, phase));
      else startNext();
    });
  };
  startNext();
  return () => {
    cancelHeadStart?.();
    for (const socket of open) socket.destroy();
  };
}

function passed(
  { address }: Address,
  failures: readonly { readonly address: string; readonly code: string }[],
): string {
  return `${address} ${failures.find((failure) => failure.address === address)?.code ?? 'slow'}`;
}

function worst(
  failures: readonly { readonly address: string; readonly code: string }[],
  port: number,
  phase: Phase,
): Trouble {
  const rankOf = (code: string): number => {
    const rank = RANKS.findIndex((codes) => codes.includes(code));
    return rank === -1 ? RANKS.length : rank;
  };
  const [first] = [...failures].sort((a, b) => rankOf(a.code) - rankOf(b.code));
  const all = failures.map(({ address, code }) => `${hostPort(address, port)} ${code}`).join(', ');
  return new Trouble(
    phase,
    first?.code ?? 'UNKNOWN',
    failures.length === 1 ? hostPort(first?.address ?? '', port) : all,
  );
}

/** `127.0.0.1:80`, `[::1]:80`. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
