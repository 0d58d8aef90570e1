// The bare loop that checks are measured against: requests over fresh connections at a steady rate, nothing else.
//   node bench/programs/bare-loop.ts http|https <port> <ca file> <requests per second>
// For each line that it is sent it prints how many answers it has read and how many milliseconds of CPU it has used.
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { connect as connectTls, createSecureContext } from 'node:tls';

const [protocol, port, ca = '', rate] = process.argv.slice(2);
const secureContext = protocol === 'https' ? createSecureContext({ ca: readFileSync(ca) }) : undefined;
const REQUEST = 'GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n';
const everyMs = 1_000 / Number(rate);

let answered = 0;
const startMs = performance.now();
let started = 0;

function ask(): void {
  const open = connect({ port: Number(port), host: '127.0.0.1' });
  const socket: Socket =
    secureContext === undefined ? open : connectTls({ socket: open, secureContext, servername: 'localhost' });
  socket.once(secureContext === undefined ? 'connect' : 'secureConnect', () => socket.write(REQUEST));
  socket.resume();
  socket.once('end', () => {
    answered += 1;
    socket.destroy();
  });
  socket.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
}

function tick(): void {
  started += 1;
  ask();
  setTimeout(tick, Math.max(0, startMs + started * everyMs - performance.now()));
}

tick();
createInterface({ input: process.stdin })
  .on('line', () => {
    const { user, system } = process.cpuUsage();
    process.stdout.write(`${JSON.stringify({ answered, cpuMs: (user + system) / 1_000 })}\n`);
  })
  .once('close', () => process.exit(0));
