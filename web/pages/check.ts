import { html } from 'hono/html';
import type { Check } from '../../core/check.ts';
import { isCurrent, isExpected } from '../../core/check-state.ts';
import { latestRunOf } from '../../core/latest-run.ts';
import { differencesOf, differencesText, producersOf } from '../../core/producers.ts';
import { uptimeOf } from '../../core/uptime.ts';
import type { WebParts } from '../parts.ts';
import { badge, budgetTable, runTable, strip } from './fragments.ts';
import { incidentList } from './incident.ts';
import { type Html, layout, table } from './layout.ts';
import { ago, scheduleText, stateText, uptimeText } from './words.ts';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const RANGES = [
  ['24 hours', DAY_MS],
  ['7 days', WEEK_MS],
  ['30 days', 30 * DAY_MS],
] as const;

/** One check: uptime with its unknown part, budgets of the latest run, runs, incidents. */
export function checkPage(
  check: Check,
  parts: Pick<WebParts, 'reader' | 'plan' | 'clock' | 'version' | 'states'>,
): Html {
  const now = parts.clock.now();
  const { reader } = parts;
  const runs = reader.latestRuns(check.id, 50);
  const summary = latestRunOf(reader, check.id, now);
  const latest = summary === undefined ? undefined : reader.run(summary.id);
  const state = parts.states()(check, summary);
  const note = isCurrent(state)
    ? ''
    : html`<p class="note">${badge(state.name)} <bdi>${stateText(state)}</bdi>. ${isExpected(state) ? '' : 'Its slots are not expected. '}${latest === undefined ? '' : html`What the latest run measured, ${ago(latest.startedAt, now)}, is not how it stands now.`}</p>`;
  const body = html`<h1><bdi>${check.name}</bdi> ${badge(state.name)}</h1>${note}
<dl class="facts"><dt>Id</dt><dd><code>${check.id}</code></dd><dt>Kind</dt><dd>${check.kind}, ${check.lane} lane</dd><dt>Target</dt><dd>${check.target.name} (${check.target.environment}) ${check.target.baseUrl}</dd><dt>Schedule</dt><dd>${scheduleText(check.schedule)}</dd><dt>Severity</dt><dd>${check.severity}</dd><dt>Tags</dt><dd>${check.tags.join(', ') || '–'}</dd>${check.owner === undefined ? '' : html`<dt>Owner</dt><dd>${check.owner}</dd>`}${check.runbook === undefined ? '' : html`<dt>Runbook</dt><dd><a href="${check.runbook}" rel="noreferrer">${check.runbook}</a></dd>`}</dl>
<h2>Uptime</h2>${table(
    ['Over', 'Uptime', 'Good', 'Bad', 'Not measured', 'Not expected'],
    RANGES.map(([name, range]) => {
      const uptime = uptimeOf(reader.standings(check.id, now - range, now));
      const { good, bad, unknown, excluded } = uptime.counts;
      return html`<tr><td class="number">${name}</td><td class="number">${uptimeText(uptime)}</td><td class="number">${good}</td><td class="number">${bad}</td><td class="number">${unknown}</td><td class="number">${excluded}</td></tr>`;
    }),
  )}
${unlike(differencesText(differencesOf(producersOf(reader, check.id, now - WEEK_MS, now))))}
<p class="long">${strip(reader.slots(check.id, now - 30 * DAY_MS, now, 120))}</p>
<h2>Budgets in the latest run${latest === undefined ? '' : `, ${ago(latest.startedAt, now)}`}</h2>${budgetTable(latest?.budgets ?? [])}
<h2>Incidents</h2>${incidentList(reader.incidents({ check: check.id, limit: 20 }), parts, now)}
<h2>Runs</h2>${runTable(runs, now)}`;
  return layout({ title: check.name, version: parts.version, now }, body);
}

/** Unlike is not compared with unlike without saying so. */
function unlike(text: string | undefined): Html | '' {
  return text === undefined ? '' : html`<p class="note">In the last 7 days ${text}.</p>`;
}
