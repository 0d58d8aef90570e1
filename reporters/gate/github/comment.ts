import { z } from 'zod';
import { cut } from '../../../core/cut.ts';
import { messageOf } from '../../../core/errors.ts';
import type { GateResult } from '../../../core/gate/result.ts';
import { gateSummary } from './summary.ts';

/** GitHub refuses a longer body. It counts characters; bytes are never fewer. */
const BODY_LIMIT = 65_536;
const PER_PAGE = 100;
/** A pull request with more comments than this gets a new one. */
const MOST_PAGES = 30;

export type GithubRequest = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly signal: AbortSignal;
  },
) => Promise<Response>;

export type CommentPlace = {
  /** `GITHUB_API_URL`, e.g. `https://api.github.com`. */
  readonly apiUrl: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly pullRequest: number;
  readonly token: string;
  /** Tells gates of one pull request apart, e.g. the name of the job. Letters, digits, `.` and `_`; others become `-`. */
  readonly key: string;
};

/** A comment that could not be written changes no verdict; `reason` holds no secret. */
export type CommentOutcome =
  | { readonly status: 'created' | 'updated'; readonly url: string }
  | { readonly status: 'failed'; readonly reason: string };

/** The text of the one comment of a gate; it begins with the mark by which it is found again. */
export function commentBody(result: GateResult, key: string, reportUrl?: string): string {
  const mark = `${markOf(key)}\n`;
  const limitBytes = BODY_LIMIT - Buffer.byteLength(mark);
  return mark + gateSummary(result, { limitBytes, ...(reportUrl === undefined ? {} : { reportUrl }) });
}

function markOf(key: string): string {
  return `<!-- vigie-gate: ${key.replace(/[^\w.]+/g, '-')} -->`;
}

/** Updates the comment of an earlier gate, or makes the first. */
export async function putComment(
  body: string,
  place: CommentPlace,
  request: GithubRequest,
  signal: AbortSignal,
): Promise<CommentOutcome> {
  try {
    const call = callerOf(place, request, signal);
    const earlier = await findComment(call, place);
    return (earlier === undefined ? undefined : await update(call, earlier, body)) ?? (await create(call, place, body));
  } catch (error) {
    const why = withoutToken(messageOf(error), place.token);
    return { status: 'failed', reason: error instanceof Refused ? why : `GitHub could not be asked: ${why}` };
  }
}

/** Undefined when the comment is gone in the meantime. */
async function update(call: Call, id: number, body: string): Promise<CommentOutcome | undefined> {
  const answer = await call('PATCH', `/issues/comments/${id}`, { body });
  if (answer.status === 404) return undefined;
  return { status: 'updated', url: await urlOf(answer, 'update the comment') };
}

async function create(call: Call, { pullRequest }: CommentPlace, body: string): Promise<CommentOutcome> {
  const answer = await call('POST', `/issues/${pullRequest}/comments`, { body });
  return { status: 'created', url: await urlOf(answer, 'write a comment') };
}

const written = z.object({ html_url: z.string() });

async function urlOf(answer: Response, what: string): Promise<string> {
  if (!answer.ok) throw await refusal(what, answer);
  return written.parse(await answer.json()).html_url;
}

type Call = (method: string, path: string, body?: unknown) => Promise<Response>;

function callerOf({ apiUrl, repository, token }: CommentPlace, request: GithubRequest, signal: AbortSignal): Call {
  return (method, path, body) =>
    request(`${apiUrl.replace(/\/+$/, '')}/repos/${repository}${path}`, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'user-agent': 'vigie',
        'x-github-api-version': '2022-11-28',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
    });
}

const listed = z.array(
  z.object({
    id: z.number(),
    body: z.string().nullish(),
    author_association: z.string().optional(),
    user: z.object({ type: z.string() }).nullish(),
  }),
);
/** Whoever may only comment could put the mark into a comment of theirs and change what it says afterwards. */
const TRUSTED = ['OWNER', 'MEMBER', 'COLLABORATOR'];

async function findComment(call: Call, { pullRequest, key }: CommentPlace): Promise<number | undefined> {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await call('GET', `/issues/${pullRequest}/comments?per_page=${PER_PAGE}&page=${page}`);
    if (!answer.ok) throw await refusal('list the comments', answer);
    const comments = listed.parse(await answer.json());
    const found = comments.find(
      ({ body, user, author_association: association = '' }) =>
        body?.startsWith(markOf(key)) === true && (user?.type === 'Bot' || TRUSTED.includes(association)),
    );
    if (found !== undefined || comments.length < PER_PAGE) return found?.id;
  }
  return undefined;
}

/** GitHub answered, and not with what was asked for; never leaves this file. */
class Refused extends Error {}

const said = z.object({ message: z.string() });

async function refusal(what: string, answer: Response): Promise<Refused> {
  const why = said.safeParse(parsed(await answer.text())).data?.message ?? '';
  const hint = answer.status === 403 || answer.status === 404 ? "; the token needs 'pull-requests: write'" : '';
  return new Refused(`GitHub refused to ${what}: ${answer.status} ${cut(why, 300)}`.trimEnd() + hint);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy in between answers with a page; its status says enough.
    return undefined;
  }
}

function withoutToken(text: string, token: string): string {
  return token === '' ? text : text.replaceAll(token, '[token]');
}
