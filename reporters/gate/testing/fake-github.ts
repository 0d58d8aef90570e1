import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

export type FakeComment = {
  readonly id: number;
  body: string;
  readonly author_association: string;
  readonly user: { readonly login: string; readonly type: string };
};
export type FakeGithub = AsyncDisposable & {
  readonly url: string;
  readonly comments: FakeComment[];
  /** Requests it got, e.g. `GET page 2`. */
  readonly asked: string[];
  /** What of a request is not as GitHub documents it. */
  readonly complaints: string[];
  /** Answers with this status and body instead. */
  refuse?: { readonly method: string; readonly status: number; readonly body: string };
};

const TOKEN = 'ghs_secret';

/**
 * The part of the REST API that comments on issues need (https://docs.github.com/rest/issues/comments, version 2022-11-28): what it gets is
 * held against the documented method, path, headers and body.
 */
export async function startFakeGithub(): Promise<FakeGithub> {
  const github: Omit<FakeGithub, 'url' | typeof Symbol.asyncDispose> = { comments: [], asked: [], complaints: [] };
  const server = createServer(async (request, response) => {
    const { method = '', headers } = request;
    const url = new URL(request.url ?? '/', 'http://localhost');
    const expect = (isRight: boolean, what: string): void => {
      if (!isRight) github.complaints.push(`${method} ${url.pathname}: ${what}`);
    };
    expect(headers.accept === 'application/vnd.github+json', `accept ${headers.accept}`);
    expect(headers['x-github-api-version'] === '2022-11-28', 'version');
    expect(headers.authorization === `Bearer ${TOKEN}`, 'authorization');
    expect((headers['user-agent'] ?? '') !== '', 'user agent');
    const sent = await text(request);
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
    };
    if (github.refuse?.method === method) {
      response.writeHead(github.refuse.status).end(github.refuse.body);
      return;
    }
    const bodyOf = (): string => {
      expect(headers['content-type'] === 'application/json', 'content type');
      const { body, ...more }: Readonly<Record<string, unknown>> = JSON.parse(sent);
      expect(typeof body === 'string' && Object.keys(more).length === 0, `body ${sent.slice(0, 80)}`);
      expect(String(body).length <= 65_536, 'a body that is too long');
      return String(body);
    };
    const one = /^\/repos\/shop\/web\/issues\/comments\/(\d+)$/.exec(url.pathname)?.[1];
    if (one !== undefined && method === 'PATCH') {
      github.asked.push(`PATCH ${one}`);
      const comment = github.comments.find(({ id }) => id === Number(one));
      if (comment === undefined) return answer(404, { message: 'Not Found', status: '404' });
      comment.body = bodyOf();
      return answer(200, { ...comment, html_url: `https://github.example/c/${one}` });
    }
    if (url.pathname !== '/repos/shop/web/issues/7/comments')
      return answer(404, { message: 'Not Found', status: '404' });
    if (method === 'POST') {
      github.asked.push('POST');
      const id = 1_000 + github.comments.length;
      github.comments.push(fakeComment(id, bodyOf()));
      return answer(201, { id, html_url: `https://github.example/c/${id}` });
    }
    const [page, size] = [Number(url.searchParams.get('page') ?? 1), Number(url.searchParams.get('per_page') ?? 30)];
    expect(method === 'GET' && size <= 100, 'a page of at most 100');
    github.asked.push(`GET page ${page}`);
    return answer(200, github.comments.slice((page - 1) * size, page * size));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(github, {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

export function fakeComment(id: number, body: string, changes: Partial<FakeComment> = {}): FakeComment {
  const user = { login: 'github-actions[bot]', type: 'Bot' };
  return { id, body, author_association: 'NONE', user, ...changes };
}
