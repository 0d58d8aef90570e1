import { html } from 'hono/html';
import type { GateCheck, GateRow } from '../../../core/gate/result.ts';
import { evidenceOf } from '../table.ts';
import { changeText, limitText, markOf, medianText, samplesText, TONES, wordOf } from '../words.ts';
import { evidenceLine, type Html } from './markup.ts';
import { changePlot, pairsPlot } from './plots.ts';

/** A row that needs a look: both plots, why, and where it can be seen. */
export function card(row: GateRow, checks: readonly GateCheck[]): Html {
  const change = changeText(row);
  const base = medianText(row.base, row);
  return html`<section class="card ${TONES[wordOf(row)]}">
<header>${badge(row)}<h3>${row.name}</h3><span class="dim">${row.check}, ${row.kind}</span></header>
<p class="values">${base === '' ? '' : html`${base} → `}<b>${medianText(row.candidate, row)}</b>${change === '' ? '' : html`, ${change}`}, limit ${limitText(row)}, ${samplesText(row)} ${row.base === undefined ? 'samples' : 'pairs'}</p>
<div class="plots">${pairsPlot(row)}${row.type === 'relative' ? changePlot(row) : ''}</div>
${row.explanations.length === 0 ? '' : html`<ul>${row.explanations.map((explanation) => html`<li>${explanation}</li>`)}</ul>`}
${evidenceLine(evidenceOf(row, checks))}
</section>`;
}

export function rowsTable(rows: readonly GateRow[]): Html {
  const headings = ['measure', 'verdict', 'base', 'candidate', 'change (interval)', 'limit', 'drawing'];
  return html`<div class="scroll"><table class="rows"><thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead><tbody>${rows.map(tableRow)}</tbody></table></div>`;
}

function tableRow(row: GateRow): Html {
  return html`<tr><th scope="row">${row.name} <span class="dim">${row.check}</span></th>
<td>${badge(row)}</td>
<td class="number" data-label="base">${medianText(row.base, row)}</td>
<td class="number" data-label="candidate">${medianText(row.candidate, row)}</td>
<td class="number" data-label="change">${changeText(row)}</td>
<td class="number" data-label="limit">${limitText(row)}</td>
<td>${row.type === 'relative' ? changePlot(row, 'small') : pairsPlot(row, 'small')}</td></tr>`;
}

function badge(row: GateRow): Html {
  return html`<span class="badge ${TONES[wordOf(row)]}">${markOf(row)} ${wordOf(row)}</span>`;
}
