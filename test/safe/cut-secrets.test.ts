import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { describe, it } from 'node:test';
import { oneLine } from '../../alerts/one-line.ts';
import { atTheBorder } from '../../app/engine/at-the-border.ts';
import { secretsOf } from '../../app/engine/testing/parts.ts';
import { cut } from '../../core/cut.ts';
import { describeBreach } from '../../core/judge.ts';
import { httpKind } from '../../synthetic/http/kind.ts';
import { contextOf, servicesOf } from '../../synthetic/net/testing/context.ts';
import { tcpKind } from '../../synthetic/tcp/kind.ts';
import { BEYOND_ASCII, ODD, PLAIN } from './canaries.ts';
import { findRuns } from './search-canaries.ts';

const CANARIES = [PLAIN, ODD, BEYOND_ASCII];
const SECRETS = secretsOf(Object.fromEntries(CANARIES.map(({ name, value }) => [name.toUpperCase(), value])));
const secret = (name: string) => ({ secret: name, from: 'environment' }) as const;
/** Every place around the lengths at which texts of a target are cut, and some between. */
const PADDINGS = [
  ...range(0, 330, 1),
  ...range(330, 2_000, 37),
  ...range(440, 505, 1),
  ...range(560, 605, 1),
  ...range(740, 805, 1),
  ...range(930, 1_005, 1),
  ...range(1_160, 1_200, 1),
  ...range(1_950, 2_005, 1),
];

describe('a secret that a target gives back is nowhere, not even in part', { timeout: 300_000 }, () => {
  it('wherever the texts of an http check are cut', async () => {
    await using target = await openEcho();
    const resource = await httpKind.open(servicesOf());
    try {
      for (const padding of PADDINGS)
        for (const form of ['text', 'json', 'latin1', 'redirect']) {
          const options = httpKind.schema.parse({
            url: `${target.url}/${form}?${padding}`,
            method: 'POST',
            headers: { 'x-key': secret('PLAIN') },
            auth: { type: 'basic', user: 'u', password: secret('ODD') },
            body: { json: { inner: [secret('ODD'), secret('BEYOND ASCII')] } },
            redirects: { follow: false },
            expect: {
              status: [200],
              headers: { 'x-echo': 'nothing', location: 'nothing' },
              body: {
                contains: 'nothing',
                matches: [/nothing/],
                ...(form === 'json' ? { json: [{ path: '$.echo', equals: 'nothing' }] } : {}),
              },
            },
          });
          const context = contextOf({ secrets: SECRETS });
          const observation = await httpKind.run(options, context, resource);
          nothingIsLeft(observation, `${form} ${padding}`);
          if (padding < 80) assert.match(JSON.stringify(observation), /\[secret PLAIN\]/);
        }
    } finally {
      await httpKind.close(resource);
    }
    assert.ok(target.echoes > PADDINGS.length);
  });

  it('wherever the conversation of a tcp check is cut', async () => {
    await using target = await openTcpEcho();
    const resource = await tcpKind.open(servicesOf());
    for (const readLimit of [1_000, 256_000])
      for (const padding of PADDINGS.filter((one) => one < 240 || (one > 930 && one < 1_010))) {
        const options = tcpKind.schema.parse({
          host: '127.0.0.1',
          port: target.port,
          readLimit,
          exchange: [{ send: secret('PLAIN') }, { send: `${padding}\n`, expect: /said:.{8}/ }, { expect: /nothing/ }],
        });
        nothingIsLeft(await tcpKind.run(options, contextOf({ secrets: SECRETS }), resource), `${readLimit} ${padding}`);
      }
    await tcpKind.close(resource);
  });
});

/** In what goes on from the border, and where it is cut again: in reasons, notices and lines. */
function nothingIsLeft(seen: Parameters<typeof atTheBorder>[0], where: string): void {
  const observation = atTheBorder(seen, SECRETS.scrub);
  const told = observation.assertions
    .filter(({ ok }) => !ok)
    .flatMap((assertion) => {
      const text = describeBreach({ kind: 'assertion', ...assertion });
      return [text, oneLine(text), cut(text, 300)];
    });
  const all = [JSON.stringify(observation), ...told].join('\n');
  assert.deepEqual(findRuns(Buffer.from(all), CANARIES, where), [], all);
}

async function openEcho() {
  let echoes = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      echoes += 1;
      const [form = '', padding = '0'] = (request.url ?? '').slice(1).split('?');
      const { 'x-key': key, authorization } = request.headers;
      const before = '='.repeat(Number(padding));
      const body = Buffer.concat(parts).toString();
      const text = `${before}${body} ${key} ${authorization} ${encodeURIComponent(body)}`;
      response.writeHead(form === 'redirect' ? 302 : 200, {
        'content-type':
          form === 'json' ? 'application/json' : `text/plain; charset=${form === 'latin1' ? 'latin1' : 'utf-8'}`,
        'x-echo': `${before}${key} ${encodeURIComponent(body)}`,
        location: `/${before}${encodeURIComponent(`${key}${body}`)}`,
      });
      response.end(form === 'json' ? JSON.stringify({ echo: text }) : text);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    get echoes() {
      return echoes;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function openTcpEcho() {
  const server = createTcpServer((socket) => {
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (part) => {
      text += part.toString();
      const [, said = '', padding] = /^(.*?)(\d{1,4})\n/s.exec(text.slice(PLAIN.value.length)) ?? [];
      if (padding !== undefined)
        socket.end(
          `said:${PLAIN.value}${said}${'='.repeat(Number(padding))}${PLAIN.value} and more ${'='.repeat(2_000)}`,
        );
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: portOf(server.address()),
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function range(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);
}
