import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export type Mail = { readonly subject: string; readonly text: string };
export type Posted = { readonly key: string; readonly body: Readonly<Record<string, unknown>> };
export type Receivers = AsyncDisposable & {
  readonly smtpPort: number;
  readonly webhookUrl: string;
  readonly mails: readonly Mail[];
  readonly posts: readonly Posted[];
};

/** A real SMTP server and a webhook receiver that checks what it gets: JSON with a dedup key in header and body. */
export async function openReceivers(): Promise<Receivers> {
  const mails: Mail[] = [];
  const posts: Posted[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, done) {
      let text = '';
      stream.setEncoding('utf8').on('data', (part: string) => (text += part));
      stream.on('end', () => {
        mails.push({ subject: /^Subject: (.*)$/m.exec(text)?.[1]?.trim() ?? '', text });
        done();
      });
    },
  });
  const http = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      const body: unknown = JSON.parse(text);
      const key = request.headers['idempotency-key'];
      const isRight =
        typeof body === 'object' && body !== null && 'id' in body && body.id === key && typeof key === 'string';
      if (isRight) posts.push({ key, body: { ...body } });
      response.writeHead(isRight ? 200 : 400).end();
    });
  });
  await listen(smtp);
  await listen(http);
  return {
    smtpPort: portOf(smtp.server.address()),
    webhookUrl: `http://127.0.0.1:${portOf(http.address())}/hook`,
    mails,
    posts,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      await new Promise<void>((resolve) => smtp.close(() => resolve()));
    },
  };
}

function listen(server: Server | SMTPServer): Promise<void> {
  return new Promise((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
