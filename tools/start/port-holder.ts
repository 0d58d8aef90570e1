import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export type PortHolder = { readonly pid: number; readonly command: string };

const LISTENS = '0A';
/** 127.0.0.1 and all addresses, as /proc/net/tcp and tcp6 write them. A listener on any other address is not in the way. */
const IN_THE_WAY = new Set([
  '0100007F',
  '00000000',
  '00000000000000000000000000000000',
  '0000000000000000FFFF00000100007F',
]);
const SHOWN_CHARACTERS = 100;

/** Which process listens on a port of this machine. Undefined outside Linux, and for processes of others that may not be looked into. */
export function findPortHolder(port: number): PortHolder | undefined {
  const sockets = new Set(['tcp', 'tcp6'].flatMap((table) => listeningSockets(`/proc/net/${table}`, port)));
  if (sockets.size === 0) return undefined;
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name))) {
    const holds = list(`/proc/${pid}/fd`).some((fd) => sockets.has(linkOf(`/proc/${pid}/fd/${fd}`)));
    if (holds) return { pid: Number(pid), command: commandOf(pid) };
  }
  return undefined;
}

/** As the links in /proc name them. */
function listeningSockets(table: string, port: number): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return read(table)
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => {
      const [address = '', at] = local.split(':');
      return state === LISTENS && at === wanted && IN_THE_WAY.has(address);
    })
    .map((fields) => `socket:[${fields[9]}]`);
}

function commandOf(pid: string): string {
  const words = read(`/proc/${pid}/cmdline`).split('\0').join(' ').trim();
  const command = words === '' ? read(`/proc/${pid}/comm`).trim() : words;
  return command.length > SHOWN_CHARACTERS ? `${command.slice(0, SHOWN_CHARACTERS)}…` : command;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // No /proc here, or the process is gone: nothing is known.
    return '';
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
