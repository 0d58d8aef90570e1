import { messageOf } from '../../core/errors.ts';
import type { FirstTarget } from './first-target.ts';

/** What one look at the application says; `path` is where a visitor ends up. */
export type FirstLook = { readonly path: string; readonly says: string; readonly isGood: boolean };

const DEADLINE_MS = 5_000;

/**
 * Asks for the page once. An audit refuses a page that redirects, so the configuration should name the page that is
 * shown. Whatever goes wrong only makes a sentence: one may well set up before the application runs.
 */
export async function lookAtTarget({ origin, path }: FirstTarget): Promise<FirstLook> {
  try {
    const answer = await fetch(`${origin}${path}`, {
      signal: AbortSignal.timeout(DEADLINE_MS),
      headers: { 'user-agent': 'Vigie (synthetic; init)', accept: 'text/html' },
    });
    await answer.body?.cancel();
    return judge(origin, path, answer);
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return {
      path,
      isGood: false,
      says: `${origin} gave no answer (${messageOf(cause)}); the files are written anyway`,
    };
  }
}

function judge(origin: string, path: string, answer: Response): FirstLook {
  const end = new URL(answer.url);
  const shown = `${end.pathname}${end.search}`;
  if (end.origin !== origin)
    return {
      path,
      isGood: false,
      says: `${origin}${path} leads away to ${end.origin}: if that is the application, use it`,
    };
  if (!answer.ok) return { path, isGood: false, says: `${origin}${shown} answers with status ${answer.status}` };
  const type = answer.headers.get('content-type') ?? 'no content type';
  if (!type.includes('html'))
    return { path: shown, isGood: false, says: `${origin}${shown} is no page (${type}): journey and audit need one` };
  const redirected = shown === path ? '' : ` (${path} redirects there)`;
  return { path: shown, isGood: true, says: `${origin}${shown} answers with status ${answer.status}${redirected}` };
}
