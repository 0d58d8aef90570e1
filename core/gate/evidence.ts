import type { CheckKind } from '../check.ts';
import type { Labels, Measure } from '../measure.ts';

/** One request of a page, as a recording shows it. */
export type SeenRequest = {
  readonly method: string;
  /** Path on the site itself; with its host, or the name of its origin, elsewhere. Never a query. */
  readonly address: string;
  /** E.g. `image`, `script`, `fetch`. */
  readonly type: string;
  /** Of what it belongs to, as measures carry them: its page and the form factor, where they are known. */
  readonly labels: Labels;
  /** Since the run began. */
  readonly atMs: number;
  readonly durationMs?: number;
  readonly bytes?: number;
  /** How it ended when it did not end well: its status, or the browser's network error. */
  readonly failure?: string;
};

/** What stood behind a vital of a page: the element, and the parts that its time is made of. */
export type SeenVital = {
  readonly vital: 'lcp' | 'inp' | 'cls';
  readonly labels: Labels;
  /** The element, for people. */
  readonly target?: string;
  /** Of an image. */
  readonly address?: string;
  readonly parts: readonly { readonly name: string; readonly ms: number }[];
  /** Of CLS: the largest shift. */
  readonly shift?: number;
};

/** Where a step of a recorded run stood in its time. */
export type SeenStep = { readonly name: string; readonly startMs: number; readonly durationMs: number };

/** All that is known of one side of a check. */
export type SideEvidence = {
  /** Of each run whose values counted. */
  readonly sampled: readonly (readonly Measure[])[];
  /** From one run that was recorded in full, or one whose report was kept; empty where there is none. */
  readonly requests: readonly SeenRequest[];
  readonly vitals: readonly SeenVital[];
  readonly steps: readonly SeenStep[];
};

export type CheckEvidence = {
  readonly kind: CheckKind;
  readonly candidate: SideEvidence;
  /** Absent when nothing ran on a baseline. */
  readonly base?: SideEvidence;
};

/** Whether something is about what a row is about: no label that both have differs. */
export function concerns(seen: { readonly labels: Labels }, labels: Labels | undefined): boolean {
  return Object.entries(labels ?? {}).every(([name, value]) => (seen.labels[name] ?? value) === value);
}

/** The requests of a row's page; all, where no page is known of them. */
export function requestsAbout({ requests }: SideEvidence, labels: Labels | undefined): readonly SeenRequest[] {
  const own = requests.filter((request) => concerns(request, labels));
  return own.length === 0 ? requests : own;
}

/** A sentence and how much it tells: the milliseconds that it accounts for, or about as many as its bytes would take. */
export type Said = { readonly text: string; readonly weight: number };

export function byWeight(said: readonly Said[]): readonly Said[] {
  return said.toSorted((a, b) => b.weight - a.weight);
}
