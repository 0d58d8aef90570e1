import { html } from 'hono/html';
import type { GateCheck, GateRun } from '../../../core/gate/result.ts';
import { formatQuantity } from '../../../core/units.ts';
import { checkText, checkTone, type EvidenceFile } from '../table.ts';
import { MARKS } from '../words.ts';
import { classOf, evidenceLine, fileLink, type Html } from './markup.ts';

/** A check that is not measured as it should be, and why. */
export function checkCard(check: GateCheck): Html {
  const { name, reasons, blame } = check;
  const tone = checkTone(check);
  return html`<section class="card ${classOf(tone)}">
<header><span class="badge ${classOf(tone)}">${MARKS[tone]} ${WORDS[check.status]}</span><h3>${checkText(check)}</h3><span class="dim">${name}</span></header>
${reasons.length === 0 ? '' : html`<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`}
${blame === undefined ? '' : html`<p class="dim">To blame: ${blame}, not the candidate.</p>`}
${evidenceLine(badRuns(check))}
</section>`;
}

/** A few runs say what all of them say. */
const MOST_RUNS = 3;

function badRuns({ runs }: GateCheck): readonly EvidenceFile[] {
  const bad = runs.filter(({ status }) => status === 'failed' || status === 'inconclusive').slice(0, MOST_RUNS);
  return bad.flatMap(({ side, pair, artefacts }) => artefacts.map((artefact) => ({ ...artefact, side, pair })));
}

const WORDS: Readonly<Record<GateCheck['status'], string>> = {
  measured: 'measured',
  broken: 'broken',
  'base-broken': 'not compared',
  'not-measured': 'not measured',
  'not-run': 'not run',
};

/** The runs of a check, folded. */
export function checkDetails(check: GateCheck): Html {
  const { runs } = check;
  const tone = checkTone(check);
  return html`<details><summary><span class="badge ${classOf(tone)}">${MARKS[tone]}</span> ${checkText(check)}, ${runs.length} ${runs.length === 1 ? 'run' : 'runs'}</summary>
${runs.length === 0 ? html`<p class="dim">There are no runs of it.</p>` : runsTable(runs)}</details>`;
}

function runsTable(runs: readonly GateRun[]): Html {
  const headings = ['pair', 'side', 'ended', 'took', 'circumstances', 'evidence'];
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Runs"><table><thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead><tbody>${runs.map(runRow)}</tbody></table></div>`;
}

function runRow({ pair, side, status, durationMs, taints, artefacts }: GateRun): Html {
  return html`<tr><td class="number">${pair + 1}</td><td>${side}</td><td>${status}</td>
<td class="number">${formatQuantity(durationMs, 'ms')}</td><td>${taints.join(', ')}</td>
<td>${artefacts.map(({ kind, file }, index) => html`${index === 0 ? '' : ' · '}${fileLink(`${kind}: ${file.split('/').at(-1)}`, file)}`)}</td></tr>`;
}
