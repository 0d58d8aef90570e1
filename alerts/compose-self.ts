import type { Severity } from '../core/check.ts';
import { FAULTS } from '../core/fault.ts';
import { type CheckId, type IncidentId, noticeId, trusted } from '../core/identifiers.ts';
import type { Affected, IncidentChange } from '../core/incident.ts';
import type { Notice, NoticeContent } from '../core/notice.ts';
import type { Settings } from '../core/plan.ts';
import type { Run } from '../core/run.ts';
import { causeOfId, sharedFaultOf } from '../core/shared-cause.ts';
import { formatQuantity } from '../core/units.ts';
import { linkTo, wasText } from './compose-notices.ts';
import { oneLine } from './one-line.ts';

/** Something that keeps Vigie itself from its work. */
export type SelfTrouble = {
  /** One for each trouble, so that receivers pair its notices. */
  readonly incident: IncidentId;
  readonly change: NoticeContent['change'];
  readonly since: number;
  readonly at: number;
  readonly summary: string;
  readonly details: readonly string[];
  /** Default `P1`. */
  readonly severity?: Severity;
  readonly check?: CheckId;
  readonly flapping?: true;
};
type SelfSettings = Pick<Settings, 'faultChannels' | 'location' | 'web'>;

/** Why a cause that several checks share was opened or closed; `run` is the run that did it. */
export type CauseSource = {
  readonly affected: readonly Affected[];
  readonly run?: Run;
  readonly settings: SelfSettings;
  readonly at: number;
};

const MOST_NAMED = 20;

/** One notice per fault channel about what keeps several checks from measuring, however many they are. */
export function composeCause({ change, incident }: IncidentChange, source: CauseSource): readonly Notice[] {
  if (change === 'changed' || change === 'worsened') return [];
  const { id, check, severity, since, flapping } = incident;
  const { affected, run, settings, at } = source;
  const cause = causeOfId(check);
  const shared = run === undefined ? undefined : sharedFaultOf(run.verdict);
  const count = `${affected.length} ${affected.length === 1 ? 'check' : 'checks'}`;
  const named = affected.slice(0, MOST_NAMED).map((one) => one.check);
  const more = affected.length > named.length ? ` and ${affected.length - named.length} more` : '';
  const lasted = formatQuantity(Math.max(0, at - since), 'ms');
  const summaries: Readonly<Record<typeof change, string>> = {
    opened: `Vigie cannot measure (${cause}), ${count} so far: ${shared?.fault.message ?? 'no detail'}`,
    recovered: `Vigie measures again after ${lasted} (${cause}); ${count} had been affected${wasText(incident)}`,
    removed: `No check is left that ${cause} kept from measuring`,
  };
  const details = [
    `affected: ${named.join(', ')}${more}`,
    ...(change === 'opened' && shared !== undefined ? [FAULTS[shared.fault.code].help] : []),
    ...(flapping && change === 'opened' ? ['It comes and goes: told again when it has been well for 20 minutes.'] : []),
  ];
  const trouble = { incident: id, change, since, at, summary: summaries[change], details, severity, check };
  return composeSelf(
    { ...trouble, ...(flapping ? { flapping } : {}) },
    { ...settings, faultChannels: incident.told ?? settings.faultChannels },
  );
}

const SELF = trusted.checkId('vigie.self');

/** One notice per fault channel about Vigie itself, in the same shape as all others. */
export function composeSelf(
  { incident, change, since, at, summary, details, severity = 'P1', check = SELF, flapping }: SelfTrouble,
  { faultChannels, location, web }: SelfSettings,
): readonly Notice[] {
  const link = linkTo(web.publicUrl, `incidents/${incident}`);
  const content: NoticeContent = {
    version: 1,
    change,
    track: 'fault',
    severity,
    check: { id: check, name: 'Vigie itself', kind: 'self', tags: [] },
    target: { name: 'vigie', environment: location, url: web.publicUrl ?? '' },
    location,
    since,
    at,
    summary: oneLine(summary),
    details: details.map(oneLine),
    ...(flapping ? { flapping } : {}),
    // Trouble of the store and the clock is in no history, so that it has no page.
    ...(link === undefined || check === SELF ? {} : { link }),
  };
  return faultChannels.map((channel) => ({
    id: noticeId(incident, change, channel),
    incident,
    channel,
    createdAt: at,
    content,
  }));
}

/** What is to be said of a channel that does not take alerts, or takes them again. */
export type ChannelSource = {
  readonly channel: string;
  readonly isGone: boolean;
  readonly settings: SelfSettings;
  readonly at: number;
};

/** One notice per fault channel, but for the channel itself, about alerts that a channel does not take. */
export function composeChannel({ change, incident }: IncidentChange, source: ChannelSource): readonly Notice[] {
  if (change === 'changed') return [];
  const { id, check, severity, since, flapping } = incident;
  const { channel, isGone, settings, at } = source;
  const summaries: Readonly<Record<typeof change, string>> = {
    opened: `Channel '${channel}' does not take alerts: ${incident.causes?.[0]?.text ?? 'no detail'}`,
    worsened: `Channel '${channel}' is gone: ${incident.causes?.at(-1)?.text ?? 'no detail'}`,
    recovered: `Channel '${channel}' takes alerts again after ${formatQuantity(Math.max(0, at - since), 'ms')}${wasText(incident)}`,
    removed: `Channel '${channel}' has left the configuration or was changed${wasText(incident)}`,
  };
  const next = isGone
    ? 'It is not used any more until its configuration is changed or Vigie is started again.'
    : 'Each alert is tried again while its incident is open. See that the address, the recipients and the password are right.';
  return composeSelf(
    {
      incident: id,
      change,
      since,
      at,
      summary: summaries[change],
      details: change === 'opened' || change === 'worsened' ? [next] : [],
      severity,
      check,
      ...(flapping ? { flapping } : {}),
    },
    { ...settings, faultChannels: incident.told ?? settings.faultChannels },
  );
}
