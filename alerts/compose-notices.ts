import type { Check } from '../core/check.ts';
import { CROWD, type Telling } from '../core/crowd.ts';
import { noticeId } from '../core/identifiers.ts';
import { FLAPPING, type Incident, type IncidentChange, type Track } from '../core/incident.ts';
import { describeBreach } from '../core/judge.ts';
import type { Notice, NoticeContent } from '../core/notice.ts';
import type { Settings } from '../core/plan.ts';
import { decisive, type Run } from '../core/run.ts';
import { formatQuantity } from '../core/units.ts';
import { oneLine } from './one-line.ts';

/** What a notice is made of besides the change itself. `run` is the run that caused it, absent when the check was removed. */
export type NoticeSource = {
  readonly check: Check;
  readonly run?: Run;
  readonly settings: Pick<Settings, 'faultChannels' | 'web'>;
  readonly at: number;
  /** Who is told; default everybody whom the incident concerns and who heard of it. */
  readonly telling?: Pick<Telling, 'alone' | 'crowded'>;
};

/** One notice per channel of the track: the target's failures go to the check's channels, our own faults to the fault channels. */
export function composeNotices({ change, incident }: IncidentChange, source: NoticeSource): readonly Notice[] {
  if (change === 'changed') return [];
  const { alone, crowded } = source.telling ?? { alone: hearersOf(incident, source), crowded: [] };
  const content = composeContent(change, incident, source);
  const many = { ...content, summary: oneLine(`${MANY} ${content.target.name} fail. The latest: ${content.summary}`) };
  const noticeTo = (channel: string, said: NoticeContent): Notice => ({
    id: noticeId(incident.id, change === 'worsened' ? `worsened${incident.causes?.at(-1)?.rank}` : change, channel),
    incident: incident.id,
    channel,
    createdAt: source.at,
    content: said,
  });
  return [...alone.map((channel) => noticeTo(channel, content)), ...crowded.map((channel) => noticeTo(channel, many))];
}

/** Those to whom the opening was addressed. Of an incident of an earlier version nothing else is known than who should have been. */
function hearersOf({ track, told, untold = [] }: Incident, source: NoticeSource): readonly string[] {
  return told ?? channelsOf(track, source).filter((channel) => !untold.includes(channel));
}

const MANY = `More than ${CROWD.alone} checks of`;

/** The target's failures go to the check's channels, our own faults to the fault channels. */
export function channelsOf(
  track: Track,
  { check, settings }: Pick<NoticeSource, 'check' | 'settings'>,
): readonly string[] {
  return track === 'target' ? check.channels : settings.faultChannels;
}

/** Tells a receiver of an opening that nothing will heal the incident any more. Made of what it was told: the check itself is gone. */
export function composeRemoval(opened: Notice, at: number): Notice {
  const { content, incident, channel } = opened;
  const summary = `${content.check.name} is not watched any more; its incident was closed`;
  return {
    id: noticeId(incident, 'removed', channel),
    incident,
    channel,
    createdAt: at,
    content: { ...content, change: 'removed', at, summary, details: [] },
  };
}

function composeContent(change: NoticeContent['change'], incident: Incident, source: NoticeSource): NoticeContent {
  const { check, run, settings, at } = source;
  const isEnd = change === 'recovered' || change === 'removed';
  const details = (isEnd ? causesOf(incident) : run === undefined ? [] : detailsOf(run)).map(oneLine);
  const asked = isEnd || run === undefined ? undefined : askedBy(run);
  const page = isEnd || run === undefined ? `incidents/${incident.id}` : `runs/${run.id}`;
  const link = linkTo(settings.web.publicUrl, page);
  return {
    version: 1,
    change,
    track: incident.track,
    severity: incident.severity,
    check: {
      id: check.id,
      name: check.name,
      kind: check.kind,
      tags: check.tags,
      ...(check.owner === undefined ? {} : { owner: check.owner }),
      ...(check.runbook === undefined ? {} : { runbook: check.runbook }),
    },
    target: { name: check.target.name, environment: check.target.environment, url: check.target.baseUrl },
    location: incident.location,
    since: incident.since,
    at,
    ...(run === undefined ? {} : { run: run.id }),
    ...(asked === undefined ? {} : { asked: oneLine(asked) }),
    summary: oneLine(summarise(change, incident, check, details)),
    details,
    ...(incident.flapping ? { flapping: true } : {}),
    ...(link === undefined ? {} : { link }),
  };
}

function summarise(
  change: NoticeContent['change'],
  incident: Incident,
  check: Check,
  details: readonly string[],
): string {
  switch (change) {
    case 'opened':
      if (incident.flapping) return `${check.name} is flapping; ${FLAPS}. Now: ${details[0] ?? 'no detail'}`;
      return `${check.name} ${incident.track === 'target' ? 'is failing' : 'cannot be measured'}: ${details[0] ?? 'no detail'}`;
    case 'worsened':
      return `${check.name} has become worse: ${details[0] ?? 'no detail'}; before: ${incident.causes?.at(-2)?.text ?? 'not known'}`;
    case 'recovered':
      return `${check.name} has recovered after ${lasted(incident)}${wasText(incident)}`;
    case 'removed':
      return `${check.name} was removed from the configuration while ${incident.track === 'target' ? 'failing' : 'it could not be measured'}${wasText(incident)}`;
  }
}

/** What it was: the first cause, and how many others it had. */
export function wasText({ causes = [] }: Pick<Incident, 'causes'>): string {
  const [first] = causes;
  if (first === undefined) return '';
  const others = new Set(causes.map(({ key }) => key)).size - 1;
  return `; it was: ${first.text}${others === 0 ? '' : `, and ${others} other ${others === 1 ? 'cause' : 'causes'}`}`;
}

/** One line for each cause of an incident that had several; the only one of another stands in the summary. */
function causesOf({ causes = [] }: Incident): readonly string[] {
  if (causes.length < 2) return [];
  return causes.slice(-MOST_DETAILS).map(({ at, text }) => `${new Date(at).toISOString()}: ${text}`);
}

function askedBy(run: Run): string | undefined {
  const { method, redirectedFrom, finalUrl } = decisive(run)?.facts ?? {};
  const url = redirectedFrom ?? finalUrl;
  return url === undefined ? undefined : `${method === undefined ? '' : `${method} `}${url}`;
}

const FLAPS = `it failed and recovered ${FLAPPING.openings} times within ${formatQuantity(FLAPPING.windowMs, 'ms')} and is told again when it has been well for ${formatQuantity(FLAPPING.stableMs, 'ms')}`;

function lasted({ since, closed }: Incident): string {
  return formatQuantity(Math.max(0, (closed?.at ?? since) - since), 'ms');
}

/** Below the address that people use, which may have a path of its own behind a proxy. */
export function linkTo(publicUrl: string | undefined, page: string): string | undefined {
  if (publicUrl === undefined) return undefined;
  return new URL(page, publicUrl.endsWith('/') ? publicUrl : `${publicUrl}/`).href;
}

const MOST_DETAILS = 10;

function detailsOf({ verdict }: Run): readonly string[] {
  switch (verdict.status) {
    case 'failed':
    case 'degraded':
      return [
        ...verdict.breaches.slice(0, MOST_DETAILS).map(describeBreach),
        ...(verdict.doubt === undefined ? [] : [`doubtful: ${verdict.doubt.message}`]),
      ];
    case 'inconclusive':
      return [
        `${verdict.fault.message} (${verdict.fault.code}, blame: ${verdict.fault.blame})`,
        ...verdict.seen.slice(0, MOST_DETAILS).map(describeBreach),
      ];
    case 'passed':
    case 'skipped':
      return [];
  }
}
