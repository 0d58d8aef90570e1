import { html } from 'hono/html';
import type { RunId } from '../../core/identifiers.ts';
import type { Incident } from '../../core/incident.ts';
import { incidentWords } from '../../core/incident-words.ts';
import type { Delivery, Notice } from '../../core/notice.ts';
import { causeOfId, isOwnCause } from '../../core/shared-cause.ts';
import { formatQuantity } from '../../core/units.ts';
import type { WebParts } from '../parts.ts';
import { type Html, layout, table } from './layout.ts';
import { instantText } from './words.ts';

/** All incidents, newest first. */
export function incidentsPage(parts: WebParts): Html {
  const now = parts.clock.now();
  return layout(
    { title: 'Incidents', version: parts.version, now },
    html`<h1>Incidents</h1>${incidentList(parts.reader.incidents({ limit: 200 }), parts, now)}`,
  );
}

export function incidentList(incidents: readonly Incident[], parts: Pick<WebParts, 'plan'>, now: number): Html {
  if (incidents.length === 0) return html`<p class="dim">None.</p>`;
  return table(
    ['(Severity)', 'Incident', 'Since', 'Lasted', 'Ended'],
    incidents.map(
      (incident) =>
        html`<tr><td><span class="badge ${incident.closed === undefined ? (incident.track === 'target' ? 'failed' : 'inconclusive') : 'skipped'}">${incident.severity}</span></td><td class="text"><a href="/incidents/${incident.id}"><bdi>${nameOf(incident, parts)}</bdi> ${incidentWords(incident)}</a>${latestCause(incident)}</td><td class="number">${instantText(incident.since)}</td><td class="number">${formatQuantity((incident.closed?.at ?? now) - incident.since, 'ms')}</td><td>${incident.closed?.how ?? 'open'}</td></tr>`,
    ),
  );
}

/** One incident: when, why, and what every channel answered to every notice. */
export function incidentPage(incident: Incident, parts: WebParts): Html {
  const now = parts.clock.now();
  const notices = parts.reader.notices(incident.id);
  const body = html`<h1><bdi>${nameOf(incident, parts)}</bdi> ${incidentWords(incident)}</h1>
<dl class="facts"><dt>Severity</dt><dd>${incident.severity}</dd><dt>Check</dt><dd>${checkLink(incident)}</dd><dt>Since</dt><dd>${instantText(incident.since)}</dd><dt>Opened</dt><dd>${instantText(incident.openedAt)}${byRun(incident.openedBy)}</dd><dt>Ended</dt><dd>${incident.closed === undefined ? 'open' : html`${incident.closed.how} ${instantText(incident.closed.at)}${byRun(incident.closed.by)}`}</dd></dl>
<h2>Causes</h2>${causeList(incident)}
<h2>Notices</h2>${notices.length === 0 ? html`<p class="dim">No channel was to be told.</p>` : notices.map((notice) => noticePart(notice, incident, parts))}`;
  return layout({ title: `Incident ${incident.id}`, version: parts.version, now }, body);
}

function latestCause({ causes }: Incident): Html | '' {
  const latest = causes?.at(-1);
  return latest === undefined ? '' : html`<div class="dim"><bdi>${latest.text}</bdi></div>`;
}

function causeList({ causes = [] }: Incident): Html {
  if (causes.length === 0) return html`<p class="dim">Not known.</p>`;
  return table(
    ['From', 'Cause', 'Seen'],
    causes.map(
      ({ at, text, run }) =>
        html`<tr><td class="number">${instantText(at)}</td><td class="text"><bdi>${text}</bdi></td><td>${byRun(run)}</td></tr>`,
    ),
  );
}

function byRun(run: RunId | undefined): Html | '' {
  return run === undefined ? '' : html` by <a href="/runs/${run}">run</a>`;
}

function noticePart(notice: Notice, incident: Incident, parts: WebParts): Html {
  const deliveries = parts.reader.deliveries(notice.id);
  return html`<h3>${notice.content.change} → ${notice.channel}</h3><p>${notice.content.summary}</p>${
    deliveries.length === 0
      ? ''
      : table(
          ['Attempt', 'At', 'Answer', 'Detail'],
          deliveries.map(
            (delivery) =>
              html`<tr><td class="number">${delivery.attempt}</td><td class="number">${instantText(delivery.at)}</td><td><span class="badge ${delivery.outcome.status}">${delivery.outcome.status}</span></td><td class="text">${delivery.outcome.detail}</td></tr>`,
          ),
        )
  }${waitingText(deliveries, incident)}`;
}

function waitingText(deliveries: readonly Delivery[], { closed }: Incident): Html | '' {
  const last = deliveries.at(-1)?.outcome;
  if (last === undefined || last.status === 'retry') return html`<p class="dim">Still waiting in the outbox.</p>`;
  const isAskedAgain = last.status === 'rejected' && last.isFinal !== true && closed === undefined;
  return isAskedAgain ? html`<p class="dim">Refused. Tried again while the incident is open.</p>` : '';
}

/** The page of its check; an incident of the monitor itself has none. */
function checkLink({ check }: Incident): Html {
  return isOwnCause(check) ? html`${check}` : html`<a href="/checks/${check}">${check}</a>`;
}

function nameOf(incident: Incident, parts: Pick<WebParts, 'plan'>): string {
  if (isOwnCause(incident.check)) return `Vigie itself (${causeOfId(incident.check)}):`;
  return parts.plan().checks.find((check) => check.id === incident.check)?.name ?? incident.check;
}
