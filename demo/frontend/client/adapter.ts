import { socketAddress } from './api.ts';

export type Adapter = {
  /** Sends one command and waits for its answer; commands queue up, as the chip does one at a time. */
  ask(command: string): Promise<string>;
  isOpen(): boolean;
  close(): void;
};
type AdapterEvents = { onLine(line: string): void; onClose(): void };

const deadlineMs = 5000;

export async function connectAdapter({ onLine, onClose }: AdapterEvents): Promise<Adapter> {
  const socket = new WebSocket(socketAddress('/api/obd'));
  await opened(socket);
  socket.addEventListener('close', onClose);
  let last: Promise<unknown> = Promise.resolve();
  const askNow = async (command: string) => {
    onLine(`> ${command}`);
    const answer = received(socket);
    socket.send(command);
    const text = clean(await answer, command);
    onLine(text);
    return text;
  };
  return {
    ask(command) {
      const turn = last.then(() => askNow(command));
      last = turn.catch(() => undefined);
      return turn;
    },
    isOpen: () => socket.readyState === WebSocket.OPEN,
    close: () => socket.close(),
  };
}

/** Bytes of a live value: "41 0C 1A F8" gives [0x1A, 0xF8]; "NO DATA" gives none. */
export function parseLive(answer: string): readonly number[] {
  const bytes = answer.split(' ');
  return bytes[0] === '41' ? bytes.slice(2).map((byte) => Number.parseInt(byte, 16)) : [];
}

/** Trouble codes of mode 03: "43 02 04 20 01 71" gives P0420 and P0171. */
export function parseCodes(answer: string): readonly string[] {
  const bytes = answer.split(' ').slice(2);
  const pairs = Array.from(
    { length: Math.floor(bytes.length / 2) },
    (_, index) => `${bytes[index * 2]}${bytes[index * 2 + 1]}`,
  );
  return pairs.map(
    (pair) =>
      `${'PCBU'[Number.parseInt(pair.charAt(0), 16) >> 2]}${Number.parseInt(pair.charAt(0), 16) & 3}${pair.slice(1)}`,
  );
}

function clean(answer: string, command: string): string {
  const lines = answer
    .split(/[\r\n>]+/)
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.filter((line) => line !== command).join(' ');
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.close();
      reject(new Error('L’adaptateur ne répond pas.'));
    }, deadlineMs);
    socket.addEventListener('open', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.addEventListener('error', () => reject(new Error('L’adaptateur est injoignable.')));
  });
}

function received(socket: WebSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    const done = new AbortController();
    const timer = setTimeout(() => {
      done.abort();
      reject(new Error('L’adaptateur ne répond plus.'));
    }, deadlineMs);
    const end = () => {
      clearTimeout(timer);
      done.abort();
    };
    const { signal } = done;
    socket.addEventListener(
      'message',
      (event) => {
        end();
        resolve(String(event.data));
      },
      { signal },
    );
    socket.addEventListener(
      'close',
      () => {
        end();
        reject(new Error('La connexion est coupée.'));
      },
      { signal },
    );
  });
}
