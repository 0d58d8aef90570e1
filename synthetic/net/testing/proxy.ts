import { createServer, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export type ProxyScript = {
  /** Wanted value of `proxy-authorization`. */
  readonly authorization?: string;
  /** Answers CONNECT with this status instead of a tunnel. */
  readonly connectStatus?: number;
};
export type TestProxy = AsyncDisposable & { readonly port: number; readonly heard: string[] };

/** A forward proxy on loopback that serves CONNECT and requests with a whole URL. */
export async function serveProxy(script: ProxyScript = {}): Promise<TestProxy> {
  const heard: string[] = [];
  const open = new Set<Socket>();
  const isWelcome = (given: string | undefined): boolean =>
    script.authorization === undefined || given === script.authorization;
  const server = createServer((incoming, response) => {
    heard.push(`${incoming.method} ${incoming.url}`);
    if (!isWelcome(incoming.headers['proxy-authorization'])) {
      response.writeHead(407).end();
      return;
    }
    const { 'proxy-authorization': _mine, ...headers } = incoming.headers;
    const onward = request(incoming.url ?? '', { method: incoming.method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    incoming.pipe(onward);
  });
  server.on('connection', (socket: Socket) => open.add(socket.on('error', ignore)));
  server.on('connect', (incoming, socket: Socket) => {
    heard.push(`CONNECT ${incoming.url}`);
    const status = isWelcome(incoming.headers['proxy-authorization']) ? script.connectStatus : 407;
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status} no\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`http://${incoming.url}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    open.add(onward.on('error', () => socket.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function ignore(): void {}
