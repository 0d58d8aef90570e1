import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { SMTPServer } from 'smtp-server';

export type CanaryTarget = AsyncDisposable & {
  readonly url: string;
  readonly tcpPort: number;
  readonly smtpPort: number;
  /** Everything that arrived, by where: where a secret is meant to go. */
  readonly arrived: ReadonlyMap<string, string>;
  /** What receivers were told besides their own secrets. */
  readonly told: {
    readonly mails: readonly string[];
    readonly posts: readonly string[];
    readonly pushed: readonly string[];
  };
};

/** A target that gives back all that it is given, in head, title and body, and receivers that do so in their refusals. */
export async function openCanaryTarget(): Promise<CanaryTarget> {
  const arrived = new Map<string, string>();
  const told = { mails: [] as string[], posts: [] as string[], pushed: [] as string[] };
  const note = (where: string, text: string): void => void arrived.set(where, `${arrived.get(where) ?? ''}\n${text}`);
  const http = createServer(
    (request, response) => void bodyOf(request).then((body) => answer(request, response, body)),
  );
  const answer = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const path = request.url ?? '/';
    const [, place = ''] = path.split(/[/?]/);
    const headers = request.rawHeaders.join('\n');
    note(place, `${path}\n${headers}\n${body}`);
    if (place === 'hook') {
      told.posts.push(body);
      return void response.writeHead(path.endsWith('refuse') ? 500 : 200, { 'x-echo': 'no' }).end(`refused: ${path}`);
    }
    if (place === 'metrics') {
      told.pushed.push(body);
      return void response.end();
    }
    const all = `${decodeURIComponent(path.replaceAll('+', ' '))} ${headers} ${decodeURIComponent(body.replaceAll('+', ' ').replace(/%(?![0-9a-f]{2})/gi, '%25'))}`;
    if (place === 'redirect')
      return void response.writeHead(302, { location: `/echo?${encodeURIComponent(all.slice(0, 4_000))}` }).end();
    response.writeHead(200, {
      'content-type': place === 'json' ? 'application/json' : 'text/html; charset=utf-8',
      'set-cookie': `given=${encodeURIComponent(all.slice(0, 1_500))}; Path=/`,
      'x-echo': encodeURIComponent(all).slice(0, 3_000),
    });
    response.end(place === 'json' ? JSON.stringify({ echo: all }) : pageOf(all));
  };
  const tcp = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (part) => {
      note('tcp', part.toString());
      socket.end(`you said ${part}`);
    });
  });
  const smtp = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    onAuth(given, _session, done) {
      const [username, password] = [given.username ?? '', given.password ?? ''];
      note(`smtp-${username}`, password);
      if (username === 'good') return done(null, { user: username });
      return done(new Error(`the password ${password} is wrong`));
    },
    onData(stream, _session, done) {
      void bodyOf(stream).then((mail) => {
        told.mails.push(mail);
        done();
      });
    },
  });
  smtp.on('error', () => {});
  for (const server of [http, tcp]) await once(server.listen(0, '127.0.0.1'), 'listening');
  await new Promise<void>((resolve) => void smtp.listen(0, '127.0.0.1', () => resolve()));
  const portOf = ({ address }: { address: AddressInfo | string | null }): number =>
    typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${portOf({ address: http.address() })}`,
    tcpPort: portOf({ address: tcp.address() }),
    smtpPort: portOf({ address: smtp.server.address() }),
    arrived,
    told,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      http.close();
      tcp.close();
      await new Promise<void>((resolve) => smtp.close(() => resolve()));
    },
  };
}

async function bodyOf(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('utf8');
}

function pageOf(text: string): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  return `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>${safe}</title>
<h1 title="${safe}">Echo</h1><p id="echo">${safe}</p>
<form method="post" action="/form"><input id="password" name="password" type="password"><textarea id="key" name="key"></textarea><button>Send</button></form>
<script>console.log(document.title); console.error('cookie ' + document.cookie)</script></html>`;
}
