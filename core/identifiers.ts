/** Identifiers that could be confused are branded; make them only with the functions here. */
declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** What the user calls a check: `^[a-z0-9][a-z0-9._-]{0,79}$`. Stable: history, metrics and incidents follow it. */
export type CheckId = Branded<string, 'CheckId'>;
/** Made by us, sortable by time, safe as a folder name. */
export type RunId = Branded<string, 'RunId'>;
export type IncidentId = Branded<string, 'IncidentId'>;
export type NoticeId = Branded<string, 'NoticeId'>;

/** What an id of a check, channel or target may be; safe in file names, labels and URLs. */
export const ID_PATTERN = /^[a-z0-9][a-z0-9._-]{0,79}$/;

export function isId(text: string): boolean {
  return ID_PATTERN.test(text) && !text.includes('..');
}

export function checkId(text: string): CheckId {
  if (!isId(text))
    throw new TypeError(`A check id is lower-case letters, digits, '.', '_' or '-' (80 at most), got '${text}'`);
  return text as CheckId;
}

/** `at` keeps ids sortable by time; `entropy` is 8 or more hexadecimal digits from the caller. */
export function runId(at: number, entropy: string): RunId {
  return `${timePart(at)}-${entropy}` as RunId;
}

export function incidentId(at: number, entropy: string): IncidentId {
  return `inc-${timePart(at)}-${entropy}` as IncidentId;
}

/** Stable: the same change of the same incident on the same channel always gives the same id, which is the dedup key. */
export function noticeId(incident: IncidentId, change: string, channel: string): NoticeId {
  return `${incident}.${change}.${channel}` as NoticeId;
}

/** Takes back ids that came out of our own store or a validated request. */
export const trusted = {
  checkId: (text: string): CheckId => text as CheckId,
  runId: (text: string): RunId => text as RunId,
  incidentId: (text: string): IncidentId => text as IncidentId,
  noticeId: (text: string): NoticeId => text as NoticeId,
};

function timePart(at: number): string {
  return new Date(at).toISOString().replace(/[-:T.Z]/g, '');
}
