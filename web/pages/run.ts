import { html } from 'hono/html';
import type { Measure } from '../../core/measure.ts';
import type { Artefact, Strain } from '../../core/observation.ts';
import { hostText } from '../../core/producers.ts';
import type { Attempt, Run } from '../../core/run.ts';
import { formatQuantity } from '../../core/units.ts';
import type { WebParts } from '../parts.ts';
import { badge, budgetTable, verdictDetails } from './fragments.ts';
import { type Html, layout, table } from './layout.ts';
import { instantText } from './words.ts';

type RunPageParts = Pick<WebParts, 'plan' | 'clock' | 'version' | 'traceViewerFolder'>;

/** Everything about one run: verdict with its reasons, evidence, steps, measures, artefacts, and what produced it. */
export function runPage(run: Run, parts: RunPageParts): Html {
  const now = parts.clock.now();
  const name = parts.plan().checks.find((check) => check.id === run.check)?.name ?? run.check;
  const { producedBy } = run;
  const body = html`<h1><a href="/checks/${run.check}"><bdi>${name}</bdi></a> ${badge(run.verdict.status)}</h1>
${verdictDetails(run.verdict)}
<dl class="facts"><dt>Run</dt><dd><code>${run.id}</code></dd><dt>Slot</dt><dd>${run.slot === undefined ? `none (${run.trigger})` : instantText(run.slot.dueAt)}</dd><dt>Started</dt><dd>${instantText(run.startedAt)}</dd><dt>Duration</dt><dd>${formatQuantity(run.finishedAt - run.startedAt, 'ms')}</dd>${run.taints.length === 0 ? '' : html`<dt>Circumstances</dt><dd>${run.taints.join(', ')}</dd>`}</dl>
<h2>Budgets</h2>${budgetTable(run.budgets)}
${run.attempts.map((attempt) => attemptPart(run, attempt, parts))}
<h2>Produced by</h2><dl class="facts"><dt>Vigie</dt><dd>${producedBy.vigie}</dd>${Object.entries(producedBy.tools).map(([tool, version]) => html`<dt>${tool}</dt><dd>${version}</dd>`)}<dt>Host</dt><dd>${hostText(producedBy.host)}</dd>${optional('Lateness', producedBy.latenessMs)}${optional('Event-loop lag', producedBy.eventLoopLagMs)}${fitnessOf(run)}${strainPart(run)}${witnessPart(run)}</dl>`;
  return layout({ title: `${name}: ${run.verdict.status}`, version: parts.version, now }, body);
}

/** Measured at most once a minute, so its age belongs to it. */
function fitnessOf({ producedBy: { cpuFitness, cpuFitnessAgeMs } }: Run): Html {
  if (cpuFitness === undefined) return html``;
  const age = cpuFitnessAgeMs === undefined ? '' : `, measured ${formatQuantity(cpuFitnessAgeMs, 'ms')} before`;
  return html`<dt>CPU fitness</dt><dd>${Math.round(cpuFitness)} (about 1,000 on a server core of 2026)${age}</dd>`;
}

function optional(name: string, valueMs: number | undefined): Html {
  return valueMs === undefined ? html`` : html`<dt>${name}</dt><dd>${formatQuantity(valueMs, 'ms')}</dd>`;
}

const STRAINS: readonly (readonly [keyof Strain, string])[] = [
  ['cpuWaiting', 'Waited for a CPU'],
  ['cpuThrottled', 'Throttled by the CPU limit'],
  ['memoryWaiting', 'Waited for memory'],
  ['memoryFree', 'Memory free'],
  ['oomKills', 'Processes killed for memory'],
  ['shortage', 'Short of'],
  ['clockJumped', 'Clock set during the run'],
];

/** What the host went through, where it counts. */
function strainPart({ producedBy: { strain } }: Run): Html {
  if (strain === undefined) return html``;
  return html`${STRAINS.flatMap(([key, name]) => (strain[key] === undefined ? [] : [html`<dt>${name}</dt><dd>${showStrain(key, strain[key])}</dd>`]))}`;
}

function showStrain(key: keyof Strain, value: Strain[keyof Strain]): string {
  return typeof value === 'number' && key !== 'oomKills' ? formatQuantity(value, 'ratio') : String(value);
}

/** Who was asked whether it is our network, and what was found. */
function witnessPart({ producedBy: { witnesses } }: Run): Html {
  if (witnesses === undefined) return html``;
  const asked = [...witnesses.controls, ...witnesses.others].map(
    ({ endpoint, reached, name }) =>
      `${endpoint} ${reached ? 'reached' : name === 'unresolved' ? 'not resolved' : 'not reached'}`,
  );
  const network = witnesses.hasNetwork ? [] : ['no network interface is up'];
  const meanwhile = witnesses.answeredMeanwhile ? ['another target answered meanwhile'] : [];
  return html`<dt>Witnesses</dt><dd>${[...asked, ...network, ...meanwhile].join(', ') || 'nobody to ask'}</dd>`;
}

function attemptPart(run: Run, attempt: Attempt, parts: RunPageParts): Html {
  const { observation } = attempt;
  return html`<section class="attempt"><h2>Attempt ${attempt.number} <small>${attempt.purpose}, ${formatQuantity(attempt.durationMs, 'ms')}</small> ${badge(attempt.verdict.status)}</h2>
${run.attempts.length === 1 ? '' : verdictDetails(attempt.verdict)}
${artefactPart(run, attempt, parts)}
${
  observation.steps.length === 0
    ? ''
    : html`<h3>Steps</h3>${table(
        ['Step', 'Start', 'Duration', 'Result'],
        observation.steps
          .slice(0, MOST_ROWS)
          .map(
            (step) =>
              html`<tr><td class="text">${step.name}</td><td class="number">${formatQuantity(step.startMs, 'ms')}</td><td class="number">${formatQuantity(step.durationMs, 'ms')}</td><td class="text"><span class="badge ${step.status}">${step.status}</span> ${step.message ?? ''}</td></tr>`,
          ),
      )}${more(observation.steps.length)}`
}
${
  observation.assertions.length === 0
    ? ''
    : html`<h3>Assertions</h3>${table(
        ['(Result)', 'Expected', 'Got'],
        observation.assertions
          .slice(0, MOST_ROWS)
          .map(
            (assertion) =>
              html`<tr><td><span class="badge ${assertion.ok ? 'passed' : assertion.level === 'warn' ? 'degraded' : 'failed'}">${assertion.ok ? 'held' : 'broken'}</span></td><td class="text">${assertion.expected}</td><td class="text why">${assertion.actual}</td></tr>`,
          ),
      )}${more(observation.assertions.length)}`
}
${measureTable(observation.measures)}
<details><summary>Evidence and facts</summary><dl class="facts">${Object.entries(observation.evidence).map(([item, { seen, detail }]) => html`<dt>${item}</dt><dd>${seen}${detail === undefined ? '' : ` – ${detail}`}</dd>`)}${Object.entries(observation.facts).map(([fact, value]) => html`<dt>${fact}</dt><dd>${value}</dd>`)}</dl></details></section>`;
}

/** A page with thousands of rows helps nobody; the API has them all. */
const MOST_ROWS = 200;

function more(count: number): Html | string {
  return count > MOST_ROWS ? html`<p class="dim">${count - MOST_ROWS} more by the API.</p>` : '';
}

function measureTable(measures: readonly Measure[]): Html {
  if (measures.length === 0) return html``;
  return html`<details ${measures.length <= 40 ? 'open' : ''}><summary>Measures (${measures.length})</summary>${table(
    ['Measure', 'Value', 'Of'],
    measures.slice(0, MOST_ROWS).map(
      (measure) =>
        html`<tr><td class="text">${measure.name}</td><td class="number">${formatQuantity(measure.value, measure.unit)}</td><td class="text dim">${Object.entries(
          measure.labels ?? {},
        )
          .map(([key, value]) => `${key}=${value}`)
          .join(', ')}</td></tr>`,
    ),
  )}${more(measures.length)}</details>`;
}

function artefactPart(run: Run, attempt: Attempt, parts: RunPageParts): Html {
  const { artefacts } = attempt.observation;
  if (artefacts.length === 0) return html``;
  return html`<h3>Artefacts</h3><ul>${artefacts.map((artefact) => html`<li>${artefactLink(run, attempt, artefact, parts)} <span class="dim">${formatQuantity(artefact.sizeBytes, 'bytes')}</span></li>`)}</ul>
${artefacts.filter((artefact) => artefact.kind === 'screenshot').map((artefact) => html`<a href="${urlOf(run, attempt, artefact)}"><img class="screenshot" src="${urlOf(run, attempt, artefact)}" alt="Screenshot of attempt ${attempt.number}" loading="lazy"></a>`)}`;
}

function artefactLink(run: Run, attempt: Attempt, artefact: Artefact, parts: RunPageParts): Html {
  const url = urlOf(run, attempt, artefact);
  const viewer =
    artefact.kind === 'trace' && parts.traceViewerFolder !== undefined
      ? html` · <a href="/trace/index.html?trace=${encodeURIComponent(url)}">open in the trace viewer</a>`
      : '';
  return html`<a href="${url}">${artefact.kind}: ${artefact.file}</a>${viewer}`;
}

function urlOf(run: Run, attempt: Attempt, artefact: Artefact): string {
  return `/artefacts/${run.id}/${attempt.number}/${artefact.file.split('/').map(encodeURIComponent).join('/')}`;
}
