import type { CheckKind, Severity } from './check.ts';
import type { Instant } from './clock.ts';
import type { CheckId, IncidentId, NoticeId, RunId } from './identifiers.ts';
import type { Track } from './incident.ts';

/** One message to one channel about an incident. Written in the same transaction as the run that caused it; delivered at least once. */
export type Notice = {
  /** Also the dedup key that receivers see: equal for every delivery of the same notice. */
  readonly id: NoticeId;
  readonly incident: IncidentId;
  readonly channel: string;
  readonly createdAt: Instant;
  readonly content: NoticeContent;
};

/** `worsened`: while the incident is open its cause has become a worse one. */
export const NOTICE_CHANGES = ['opened', 'worsened', 'recovered', 'removed'] as const;

/** Everything a channel may say; free of secrets when it is made. `version` is raised when fields change meaning. */
export type NoticeContent = {
  readonly version: 1;
  readonly change: (typeof NOTICE_CHANGES)[number];
  readonly track: Track;
  readonly severity: Severity;
  readonly check: {
    readonly id: CheckId;
    readonly name: string;
    /** `self` when the notice is about Vigie itself, e.g. a store that cannot record. */
    readonly kind: CheckKind | 'self';
    readonly tags: readonly string[];
    readonly owner?: string;
    readonly runbook?: string;
  };
  readonly target: { readonly name: string; readonly environment: string; readonly url: string };
  readonly location: string;
  readonly since: Instant;
  readonly at: Instant;
  readonly run?: RunId;
  /** What the run asked, without secrets, e.g. `GET https://shop.example/cart`; absent when its kind asks no single URL. */
  readonly asked?: string;
  /** One line, e.g. `parts-search is failing: expected status is 200, got 503`. */
  readonly summary: string;
  /** One line per breach, or the fault; at the end of an incident the causes that it had. */
  readonly details: readonly string[];
  /** The incident has opened so often lately that it stays open, untold, until it has been stable for a while. */
  readonly flapping?: true;
  /** Absolute link to the run or incident page, when the web page's public URL is known. */
  readonly link?: string;
};

/** How a channel answered one attempt to deliver. */
export type DeliveryOutcome =
  /** `refused`: who of several recipients did not get it, in words. */
  | { readonly status: 'accepted'; readonly detail: string; readonly refused?: string }
  /** Try again later; `retryAfterMs` when the receiver asked for it. */
  | { readonly status: 'retry'; readonly detail: string; readonly retryAfterMs?: number }
  /**
   * The receiver refuses: a 404, an unknown recipient. It may be an accident of the receiver, so it is tried again, slower, while the
   * incident is open. `isFinal`: it never will be accepted, e.g. a webhook that answered 410.
   */
  | { readonly status: 'rejected'; readonly detail: string; readonly isFinal?: true };

export type Delivery = {
  readonly notice: NoticeId;
  readonly channel: string;
  readonly attempt: number;
  readonly at: Instant;
  readonly durationMs: number;
  readonly outcome: DeliveryOutcome;
};

/** A notice waiting in the outbox. */
export type PendingNotice = {
  readonly notice: Notice;
  readonly attempts: number;
  readonly dueAt: Instant;
  /** Its incident has ended meanwhile. */
  readonly isOver: boolean;
};

/** What becomes of what follows an opening that its channel never accepted: nobody hears of the end of what he never heard of. */
export const NEVER_HEARD = 'not sent: this channel never accepted the opening of the incident';

/** A way to reach people. One file per channel in `alerts/`. Never throws for what the receiver does. */
export type Channel = {
  readonly id: string;
  readonly type: string;
  deliver(notice: Notice, signal: AbortSignal): Promise<DeliveryOutcome>;
};
