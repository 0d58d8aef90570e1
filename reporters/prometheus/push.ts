import { cut } from '../../core/cut.ts';
import { messageOf } from '../../core/errors.ts';
import type { Outbound } from '../../core/outbound.ts';

export type PushOptions = {
  /** Base URL of the Pushgateway, e.g. `http://pushgateway:9091`. */
  readonly url: string;
  /** Grouping besides the job, e.g. `{ location: 'local' }`; a later push replaces the group whole. */
  readonly grouping: Readonly<Record<string, string>>;
  readonly text: string;
  readonly contentType: string;
  readonly signal: AbortSignal;
  readonly outbound: Outbound;
};

/** Replaces our group on a Pushgateway (PUT, prometheus/pushgateway README "API"). Returns what went wrong, or `undefined`. */
export async function pushMetrics({
  url,
  grouping,
  text,
  contentType,
  signal,
  outbound,
}: PushOptions): Promise<string | undefined> {
  const labels = Object.entries(grouping).map(
    ([name, value]) => `/${encodeURIComponent(name)}/${encodeURIComponent(value)}`,
  );
  const base = new URL(url);
  const path = `${base.origin}${base.pathname.replace(/\/$/, '')}/metrics/job/vigie${labels.join('')}`;
  const headers = { 'content-type': contentType, ...credentialsOf(base) };
  try {
    const answer = await outbound.send({ url: path, method: 'PUT', headers, body: text, signal });
    return answer.status >= 200 && answer.status < 300
      ? undefined
      : `the Pushgateway ${base.origin} answered ${answer.status}: ${oneLine(answer.text)}`;
  } catch (error) {
    return `the Pushgateway ${base.origin} could not be reached: ${reasonOf(error)}`;
  }
}

/** The address that is asked, and that messages may repeat, holds no password. */
function credentialsOf({ username, password }: URL): { readonly authorization?: string } {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** What was aborted says why in its cause. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
}

function oneLine(text: string): string {
  return cut(text.replace(/\s+/g, ' ').trim(), 200);
}
