import { z } from 'zod';
import type { CommentPlace } from './comment.ts';

const eventSchema = z.object({ pull_request: z.object({ number: z.int().positive() }).optional() });

/**
 * Where the comment of this job goes, from the environment of a GitHub runner and the text of the file at `GITHUB_EVENT_PATH`. A reason
 * instead when there is nowhere to write it.
 */
export function commentPlace(
  environment: Readonly<Record<string, string | undefined>>,
  event: string,
): CommentPlace | { readonly reason: string } {
  const { GITHUB_TOKEN: token = '', GITHUB_REPOSITORY: repository = '', GITHUB_REF: ref = '' } = environment;
  if (token === '') return { reason: 'GITHUB_TOKEN is not set' };
  if (!/^(?!\.+\/)[\w.-]+\/(?!\.+$)[\w.-]+$/.test(repository))
    return { reason: `GITHUB_REPOSITORY is not owner/name: '${repository}'` };
  const pullRequest = numberOf(ref, event);
  if (pullRequest === undefined) return { reason: 'this job is not for a pull request' };
  const apiUrl = environment.GITHUB_API_URL ?? 'https://api.github.com';
  return { apiUrl, repository, pullRequest, token, key: environment.GITHUB_JOB ?? 'gate' };
}

function numberOf(ref: string, event: string): number | undefined {
  const inRef = /^refs\/pull\/(\d+)\//.exec(ref)?.[1];
  if (inRef !== undefined) return Number(inRef);
  try {
    return eventSchema.safeParse(JSON.parse(event)).data?.pull_request?.number;
  } catch {
    // No event, or not one of GitHub: then there is no pull request either.
    return undefined;
  }
}
