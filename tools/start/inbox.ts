import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';

export type Inbox = { readonly smtpPort: number; readonly webhookUrl: string; close(): Promise<void> };

const MOST_BYTES = 1_048_576;

/** A real SMTP server and a webhook receiver on this machine, so that notices can be seen without an account. Keeps what arrives as files. */
export async function openInbox(folder: string, say: (line: string) => void): Promise<Inbox> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let count = 0;
  const keep = (kind: 'mail' | 'webhook', extension: string, text: string): void => {
    count += 1;
    const file = join(folder, `${new Date().toISOString().replace(/[:.]/g, '-')}-${count}-${kind}.${extension}`);
    writeFileSync(file, text, { mode: 0o600 });
    say(`inbox: ${kind} ${subjectOf(kind, text)} (${file})`);
  };
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    size: MOST_BYTES,
    onData(stream, _session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        keep('mail', 'eml', Buffer.concat(parts).toString('utf8'));
        done();
      });
    },
  });
  const http = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      keep('webhook', 'json', Buffer.concat(parts).toString('utf8'));
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    smtpPort: portOf(smtp.server.address()),
    webhookUrl: `http://127.0.0.1:${portOf(http.address())}/notices`,
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      await new Promise<void>((resolve) => smtp.close(() => resolve()));
    },
  };
}

function subjectOf(kind: 'mail' | 'webhook', text: string): string {
  if (kind === 'mail') return /^Subject: (.*)$/m.exec(text)?.[1] ?? 'without subject';
  const body: unknown = JSON.parse(text);
  return typeof body === 'object' && body !== null && 'summary' in body ? String(body.summary) : '';
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
