import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { a, serveDns } from '../../synthetic/net/testing/dns-server.ts';
import { makePki } from '../../synthetic/net/testing/pki.ts';
import { serveTls } from '../../synthetic/net/testing/servers.ts';

export type Companions = {
  /** What the configuration reads to know of them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Begins to ping like a job elsewhere would. */
  startJob(webUrl: string): void;
  close(): Promise<void>;
};

const PING_EVERY_MS = 10_000;
const PING_WITHIN_MS = 5_000;

/** What the demo itself has not: a name server, a TLS server with a certificate of its own authority, and a job that pings. So every kind of check has something to watch. */
export async function openCompanions(): Promise<Companions> {
  const pki = await makePki();
  const dns = await serveDns(({ question }) => ({
    answers: question.type === 'A' ? [a(question.name, '127.0.0.1')] : [],
  }));
  const tls = await serveTls({ key: pki.valid.key, cert: pki.valid.cert });
  const token = randomBytes(24).toString('base64url');
  let timer: NodeJS.Timeout | undefined;
  return {
    environment: {
      VIGIE_DEMO_DNS: dns.address,
      VIGIE_DEMO_TLS_PORT: String(tls.port),
      VIGIE_DEMO_CA: join(pki.folder, 'root.pem'),
      VIGIE_DEMO_PING_TOKEN: token,
    },
    startJob(webUrl) {
      const ping = (): void => {
        // A ping that is not heard is what the heartbeat check is there to notice.
        fetch(`${webUrl}/ping/${token}`, { method: 'POST', signal: AbortSignal.timeout(PING_WITHIN_MS) }).catch(
          () => {},
        );
      };
      ping();
      timer = setInterval(ping, PING_EVERY_MS);
    },
    async close() {
      clearInterval(timer);
      await dns[Symbol.asyncDispose]();
      await tls[Symbol.asyncDispose]();
      pki[Symbol.dispose]();
    },
  };
}
