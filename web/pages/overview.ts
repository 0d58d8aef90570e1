import { html } from 'hono/html';
import { channelOfId } from '../../core/channel-trouble.ts';
import type { Check } from '../../core/check.ts';
import { type CheckState, isCurrent, type TellState } from '../../core/check-state.ts';
import type { Instant } from '../../core/clock.ts';
import type { Incident } from '../../core/incident.ts';
import { latestRunOf } from '../../core/latest-run.ts';
import type { BudgetResult } from '../../core/run.ts';
import { isOwnCause } from '../../core/shared-cause.ts';
import type { RunSummary } from '../../core/store.ts';
import { formatQuantity } from '../../core/units.ts';
import { uptimeOf } from '../../core/uptime.ts';
import type { WebParts } from '../parts.ts';
import { badge, checkLink, strip } from './fragments.ts';
import { type Html, layout, table } from './layout.ts';
import { ago, instantText, kindText, scheduleText, stateText, uptimeText } from './words.ts';

const DAY_MS = 86_400_000;
const STRIP_SLOTS = 40;

/** More rows than this are shown only when asked for: a page of a thousand checks costs seconds and is read by nobody. */
const MOST_ROWS = 200;
export type OverviewOptions = { readonly mostRows?: number };

/** Each check's state on one page: the worst first, so that trouble needs no scrolling. */
export function overviewPage(parts: WebParts, { mostRows = MOST_ROWS }: OverviewOptions = {}): Html {
  const now = parts.clock.now();
  const tellState = parts.states();
  const rows = parts
    .plan()
    .checks.map((check) => look(check, tellState, { reader: parts.reader, now }))
    .sort((a, b) => RANKS[a.state.name] - RANKS[b.state.name]);
  const shown = rows.slice(0, mostRows);
  const body = html`<h1>Checks</h1>${summary(rows)}${openIncidents(parts, now)}
${table(
  ['State', 'Check', 'Last slots', 'Uptime 24 h', 'Last run', 'Budgets'],
  shown.map((row) => rowOf(row, parts, now)),
  'checks',
)}
${shown.length === rows.length ? '' : html`<p>${rows.length - shown.length} more, none of them worse. <a href="/?all">Show all ${rows.length} checks</a></p>`}
<p class="legend">${LEGEND.map(([standing, words]) => html`<span><span class="strip" aria-hidden="true"><i class="${standing}"></i></span> ${words}</span>`)}</p>`;
  return layout(
    { title: 'Checks', version: parts.version, now, refreshSeconds: rows.length > MOST_ROWS ? 60 : 10 },
    body,
  );
}

const LEGEND = [
  ['good', 'good'],
  ['bad', 'bad'],
  ['unknown', 'not measured, never counted as up'],
  ['excluded', 'not expected (maintenance, paused)'],
] as const;

type Row = {
  readonly check: Check;
  readonly state: CheckState;
  readonly latest: RunSummary | undefined;
};
const RANKS: Readonly<Record<CheckState['name'], number>> = {
  failed: 0,
  inconclusive: 1,
  stale: 2,
  degraded: 3,
  waiting: 4,
  maintenance: 5,
  paused: 6,
  passed: 7,
};

function look(
  check: Check,
  tellState: TellState,
  { reader, now }: Pick<WebParts, 'reader'> & { readonly now: Instant },
): Row {
  const latest = latestRunOf(reader, check.id, now);
  return { check, latest, state: tellState(check, latest) };
}

function rowOf({ check, state, latest }: Row, { reader }: WebParts, now: number): Html {
  const run = latest === undefined ? undefined : reader.run(latest.id);
  const slots = reader.slots(check.id, now - 7 * DAY_MS, now, STRIP_SLOTS);
  const uptime = uptimeOf(reader.standings(check.id, now - DAY_MS, now));
  const last =
    latest === undefined
      ? html`<span class="dim">${check.schedule.type === 'manual' ? 'on demand' : 'not yet'}</span>`
      : html`<a href="/runs/${latest.id}" title="${instantText(latest.startedAt)}">${ago(latest.startedAt, now)}</a><br><span class="dim">${formatQuantity(latest.durationMs, 'ms')}</span>`;
  const why = stateText(state);
  const reason = why === '' ? '' : html`<div class="why"><bdi>${why}</bdi></div>`;
  return html`<tr class="${state.name}"><td>${badge(state.name)}</td><td class="text">${checkLink(check.id, check.name)}<br><span class="dim">${kindText(check)} · ${scheduleText(check.schedule)}</span>${reason}</td><td class="slots">${strip(slots)}</td><td class="number" title="${uptime.counts.good} good, ${uptime.counts.bad} bad, ${uptime.counts.unknown} not measured of ${uptime.expected} expected; ${uptime.counts.excluded} excluded">${uptimeText(uptime)}</td><td class="number">${last}</td><td class="budgets">${isCurrent(state) ? budgetSummary(run?.budgets ?? []) : ''}</td></tr>`;
}

function budgetSummary(budgets: readonly BudgetResult[]): Html {
  const broken = budgets.filter((result) => result.status !== 'kept');
  if (budgets.length === 0) return html`<span class="dim">none</span>`;
  if (broken.length === 0) return html`<span class="ok">${budgets.length} kept</span>`;
  return html`${broken.slice(0, 3).map(({ budget, value, status }) => {
    const unit = (budget.fail ?? budget.warn)?.unit ?? 'count';
    return html`<div class="${status}">${budget.name} ${value === undefined ? 'no value' : formatQuantity(value, unit)}</div>`;
  })}<span class="dim">${broken.length} of ${budgets.length} not kept</span>`;
}

function summary(rows: readonly Row[]): Html {
  const names = [...new Set(rows.map(({ state }) => state.name))].sort((a, b) => RANKS[a] - RANKS[b]);
  return html`<p class="summary">${names.map((name) => badge(name, `${rows.filter(({ state }) => state.name === name).length} ${name}`))}</p>`;
}

function sayState({ check, track, flapping }: Incident): string {
  const state = isOwnCause(check)
    ? channelOfId(check) === undefined
      ? 'keeps checks from measuring'
      : 'does not take alerts'
    : track === 'target'
      ? 'is failing'
      : 'cannot be measured';
  return flapping ? `${state}, flapping` : state;
}

function openIncidents(parts: WebParts, now: number): Html {
  const open = parts.reader.incidents({ open: true, limit: 50 });
  if (open.length === 0) return html`<p class="calm">No open incidents.</p>`;
  const names = new Map<string, string>(parts.plan().checks.map((check) => [check.id, check.name]));
  return html`<section class="incidents"><h2>Open incidents</h2><ul>${open.map(
    (incident) =>
      html`<li><span class="badge ${incident.track === 'target' ? 'failed' : 'inconclusive'}">${incident.severity}</span> <a href="/incidents/${incident.id}"><bdi>${names.get(incident.check) ?? incident.check}</bdi> ${sayState(incident)}</a> <span class="dim" title="${instantText(incident.since)}">since ${ago(incident.since, now)}</span></li>`,
  )}</ul></section>`;
}
