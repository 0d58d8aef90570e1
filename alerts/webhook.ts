import type { Clock, Instant } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Channel, DeliveryOutcome, Notice } from '../core/notice.ts';
import type { Outbound, OutboundAnswer } from '../core/outbound.ts';
import type { WebhookChannel } from '../core/plan.ts';
import { isSecretRef, type SecretRef, type Secrets } from '../core/secret.ts';
import { parseHttpDate } from './http-date.ts';

/** Posts the notice as JSON. Receivers deduplicate by the `idempotency-key` header, which is also `id` in the body. */
export function webhookChannel(
  config: WebhookChannel,
  secrets: Secrets,
  outbound: Outbound,
  clock: Pick<Clock, 'now'>,
): Channel {
  return {
    id: config.id,
    type: 'webhook',
    deliver: (notice, signal) => post({ config, secrets, outbound, clock }, notice, signal),
  };
}

type Parts = {
  readonly config: WebhookChannel;
  readonly secrets: Secrets;
  readonly outbound: Outbound;
  readonly clock: Pick<Clock, 'now'>;
};

async function post(
  { config, secrets, outbound, clock }: Parts,
  notice: Notice,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  try {
    return outcomeOf(
      await outbound.send({
        url: plain(config.url, secrets),
        method: 'POST',
        headers: { ...headersOf(config, secrets), 'content-type': 'application/json', 'idempotency-key': notice.id },
        body: JSON.stringify({
          id: notice.id,
          incident: notice.incident,
          createdAt: new Date(notice.createdAt).toISOString(),
          ...notice.content,
        }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(config.timeoutMs)]),
      }),
      clock.now(),
    );
  } catch (error) {
    return { status: 'retry', detail: secrets.scrub(`${messageOf(error)}${causeOf(error)}`) };
  }
}

function headersOf(config: WebhookChannel, secrets: Secrets): Record<string, string> {
  return Object.fromEntries(Object.entries(config.headers).map(([name, value]) => [name, plain(value, secrets)]));
}

function plain(value: string | SecretRef, secrets: Secrets): string {
  return isSecretRef(value) ? secrets.resolve(value) : value;
}

/** 2xx is accepted; 408, 425, 429 and 5xx may pass later, and so may a redirect, which is not followed; any other answer is a refusal, and 410 one for good. */
function outcomeOf({ status, headers }: OutboundAnswer, now: Instant): DeliveryOutcome {
  const detail = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { status: 'accepted', detail };
  if (status >= 300 && status < 400) return { status: 'retry', detail: `${detail}: redirects are not followed` };
  // Standard Webhooks 1.0.0: the receiver says that it is gone for good.
  if (status === 410) return { status: 'rejected', detail: `${detail}: the receiver is gone`, isFinal: true };
  if (status < 500 && ![408, 425, 429].includes(status)) return { status: 'rejected', detail };
  const retryAfterMs = retryAfter(headers, now);
  return { status: 'retry', detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * Seconds or a date (RFC 9110 section 10.2.3), an hour at most. A date is held against the `Date` of the same answer, so that both clocks
 * need not agree, and only without one against ours. What is neither is left out.
 */
function retryAfter(headers: OutboundAnswer['headers'], now: Instant): number | undefined {
  const wanted = textOf(headers['retry-after']);
  if (/^\d+$/.test(wanted)) return Math.min(Number(wanted) * 1_000, LONGEST_RETRY_AFTER_MS);
  const until = parseHttpDate(wanted, now);
  if (until === undefined) return undefined;
  const there = parseHttpDate(textOf(headers.date), now) ?? now;
  return Math.min(Math.max(until - there, 0), LONGEST_RETRY_AFTER_MS);
}

function textOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header.trim() : '';
}

function causeOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
}
