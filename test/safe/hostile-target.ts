import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { serveDns } from '../../synthetic/net/testing/dns-server.ts';

/** What a target may write to break whoever shows it: HTML, terminal codes, line ends, marks that turn writing, halves of signs, ends of labels and of JSON. */
const HOSTILE = [
  `<script>window.pwned=1;document.title='pwned'</script>`,
  `"><img src=x onerror="window.pwned=1">`,
  `<svg onload=window.pwned=1>`,
  '</td></table></textarea></title><h1>fake</h1>',
  'javascript:window.pwned=1',
  '\u001b[31mred\u001b[0m\u001b]0;title\u0007\u009b31m',
  'line\r\nBcc: everybody@example.org\r\n\r\nfake body',
  '\n{"level":60,"msg":"fake line of a log"}\n',
  '\u202etxet desrever\u2066 hidden\u2069 \u200f\u2028',
  'nul\u0000here',
  '"} 1\nfake_metric{a="b"} 1\n',
  '\\',
  '__proto__ constructor',
  '../../../etc/passwd %2e%2e%2f C:\\x',
  '{{7*7}} %s %n',
].join(' ');

export type HostileTarget = AsyncDisposable & {
  readonly url: string;
  /** A server that sends bytes as they are, by path. */
  readonly rawUrl: string;
  readonly tcpPort: number;
  readonly tlsPort: number;
  readonly nameServer: string;
  /** Paths that were asked for over HTTP. */
  readonly asked: readonly string[];
};

const HEADER_FLOOD_BYTES = 10_000_000;

/** Says hostile things over HTTP, TCP, DNS and TLS. */
export async function openHostileTarget(): Promise<HostileTarget> {
  const asked: string[] = [];
  const http = createHttpServer((request, response) => {
    asked.push(request.url ?? '');
    const isJson = request.url === '/json';
    response.setHeader('content-type', isJson ? 'application/json' : 'text/html; charset=utf-8');
    response.setHeader('x-hostile', HOSTILE.replace(/[^\t\x20-\x7e\x80-\xff]/g, ''));
    response.end(
      isJson
        ? `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"text":${JSON.stringify(HOSTILE)}}`
        : PAGE,
    );
  });
  const raw = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (head) => answerRaw(socket, head.toString().split(' ')[1] ?? '/'));
  });
  const tcp = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(Buffer.concat([Buffer.from(HOSTILE), Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0])]));
  });
  const tls = createTlsServer(hostileIdentity(), (socket) => socket.on('error', () => {}).end());
  tls.on('tlsClientError', () => {});
  const all: readonly Server[] = [http, raw, tcp, tls];
  for (const server of all) await once(server.listen(0, '127.0.0.1'), 'listening');
  const names = await serveDns(({ question }) => ({
    answers: [
      {
        type: 'TXT',
        name: question.name,
        ttl: 0,
        data: [Buffer.from(HOSTILE.slice(0, 250)), Buffer.from([0xff, 0, 0x1b, 0x5b])],
      },
    ],
  }));
  const portOf = (server: Server): number => (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${portOf(http)}`,
    rawUrl: `http://127.0.0.1:${portOf(raw)}`,
    tcpPort: portOf(tcp),
    tlsPort: portOf(tls),
    nameServer: names.address,
    asked,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      for (const server of all) server.close();
      await names[Symbol.asyncDispose]();
    },
  };
}

function answerRaw(socket: Socket, path: string): void {
  const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n';
  switch (path) {
    case '/flood':
      return void socket.end(`${ok}${`x-flood: ${'x'.repeat(8_000)}\r\n`.repeat(HEADER_FLOOD_BYTES / 8_000)}\r\nok`);
    case '/one-long-header':
      return void socket.end(`${ok}x-flood: ${'x'.repeat(HEADER_FLOOD_BYTES)}\r\n\r\nok`);
    case '/nul':
      return void socket.end(`${ok}x-nul: a\u0000b\u001b[31m\r\n\r\nok`);
    case '/reason':
      return void socket.end(
        `HTTP/1.1 503 ${HOSTILE.replace(/[\r\n\0]/g, '')}\r\ncontent-length: 2\r\n\r\nno`,
        'latin1',
      );
    case '/location':
      return void socket.end(
        `HTTP/1.1 302 Found\r\nlocation: http://${HOSTILE.replace(/[\r\n\0]/g, '')}/\r\ncontent-length: 0\r\n\r\n`,
        'latin1',
      );
    case '/bytes':
      return void socket.end(
        Buffer.concat([
          Buffer.from('HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: 8\r\n\r\n'),
          Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0, 0x1b, 0xed, 0xa0]),
        ]),
      );
    default:
      return void socket.end(Buffer.from(HOSTILE));
  }
}

const ATTRIBUTE = HOSTILE.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
const PAGE = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>${HOSTILE.replaceAll('<', '&lt;')}</title>
<h1 title="${ATTRIBUTE}">Hello</h1><p id="hostile">${HOSTILE.replaceAll('<', '&lt;')}</p>
<script>const text = ${JSON.stringify(HOSTILE).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028')};
console.log(text); console.error(text); history.replaceState(0, '', '?' + encodeURIComponent(text)); setTimeout(() => { throw new Error(text); }); fetch('/' + text).catch(() => {});</script></html>`;

/** A certificate signed by itself with a subject that is HTML. */
function hostileIdentity(): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-hostile-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = `/CN=<script>window.pwned=1<\\/script>\u202e"quoted"\u001b[31m`;
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-utf8',
        '-days',
        '90',
        '-keyout',
        key,
        '-out',
        cert,
        '-subj',
        subject,
      ],
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
