import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** An answer, any answer, must come within this: an offline machine is not made to wait. */
const ANSWER_LIMIT_MS = 15_000;
const DOWNLOAD_LIMIT_MS = 10 * 60 * 1000;

/** With VIGIE_OFFLINE set nothing is fetched from outside the package registries; what is missing stays missing. */
const OFFLINE = 'VIGIE_OFFLINE is set';

/**
 * Fetches a file within limits and gives its SHA-256.
 * @param {string} url @param {string} file
 * @returns {Promise<{ ok: true, sha256: string } | { ok: false, why: string }>}
 */
export async function download(url, file) {
  if (process.env.VIGIE_OFFLINE) return { ok: false, why: OFFLINE };
  const noAnswer = new AbortController();
  const timer = setTimeout(() => noAnswer.abort(), ANSWER_LIMIT_MS);
  const signal = AbortSignal.any([noAnswer.signal, AbortSignal.timeout(DOWNLOAD_LIMIT_MS)]);
  try {
    const response = await fetch(url, { signal });
    clearTimeout(timer);
    if (!response.ok || response.body === null) return { ok: false, why: `${url} answered ${response.status}` };
    const hash = createHash('sha256');
    await pipeline(hashed(response.body, hash), createWriteStream(file));
    return { ok: true, sha256: hash.digest('hex') };
  } catch (error) {
    const why = noAnswer.signal.aborted ? `no answer within ${ANSWER_LIMIT_MS / 1000} s` : reasonOf(error);
    return { ok: false, why: `${new URL(url).host} cannot be reached: ${why}` };
  } finally {
    clearTimeout(timer);
  }
}

/** @param {AsyncIterable<Uint8Array>} chunks @param {import('node:crypto').Hash} hash */
async function* hashed(chunks, hash) {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

/**
 * Whether a host answers at all; asked before a tool whose own patience with a dead network is long.
 * @param {string} url
 * @returns {Promise<string | undefined>} why not
 */
export async function whyUnreachable(url) {
  if (process.env.VIGIE_OFFLINE) return OFFLINE;
  try {
    await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    return undefined;
  } catch (error) {
    return `${new URL(url).host} cannot be reached: ${reasonOf(error)}`;
  }
}

/** fetch says only "fetch failed"; what failed is its cause. @param {unknown} error */
function reasonOf(error) {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
