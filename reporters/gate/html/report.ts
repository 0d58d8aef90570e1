import { html, raw } from 'hono/html';
import { rankRows } from '../../../core/gate/rank.ts';
import type { GateResult, GateRow, GateStatus } from '../../../core/gate/result.ts';
import { cleanTexts } from '../clean-texts.ts';
import { countsOf, durationText, howSure, isFine, runnerText, STATUS_TONES } from '../words.ts';
import { checkCard, checkDetails } from './checks.ts';
import { classOf, type Html, textOf } from './markup.ts';
import { card, rowsTable } from './rows.ts';
import { STYLE } from './style.ts';

/** Nothing is loaded from anywhere, and no script runs. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
/** Good news beyond so many rows is folded. */
const MOST_FINE = 15;

const HEADLINES: Readonly<Record<GateStatus, string>> = {
  passed: '✓ Passed',
  failed: '✗ Failed',
  undecided: '? Undecided',
  inconclusive: '? Could not be measured',
  interrupted: '- Interrupted',
};

/** A release decision as one file: the verdict, what decided it, everything else folded. `vigie` is the version that measured. */
export function gateHtml(result: GateResult, { vigie }: { readonly vigie: string }): string {
  const shown = cleanTexts(result);
  const rows = rankRows(shown.rows);
  return textOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${shown.status}: ${shown.urls.candidate} – Vigie</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
${banner(shown)}
${notesOf(shown.notes)}
${needsALook(
  rows.filter((row) => !isFine(row)),
  shown,
)}
${fineRows(rows.filter(isFine))}
<h2>Checks</h2>
${shown.checks.map((check) => checkDetails(check))}
${sureness(shown)}
<footer>Vigie ${vigie} · <time datetime="${new Date(shown.startedAt).toISOString()}">${new Date(shown.startedAt).toUTCString()}</time></footer>
</main>
</body>
</html>
`);
}

function banner(result: GateResult): Html {
  const { status, reason, urls, baseline, blame } = result;
  const { bad, undecided, fine } = countsOf(result);
  return html`<header class="banner ${classOf(STATUS_TONES[status])}">
<h1>${HEADLINES[status]}</h1>
<p class="reason">${reason}</p>
<ul class="counts">
<li class="${bad > 0 ? 'bad' : 'plain'}"><b>${bad}</b> regressed or broken</li>
<li class="${undecided > 0 ? 'warn' : 'plain'}"><b>${undecided}</b> undecided</li>
<li class="${fine > 0 ? 'good' : 'plain'}"><b>${fine}</b> no worse</li>
</ul>
<dl class="facts">
<dt>candidate</dt><dd>${urls.candidate}</dd>
<dt>baseline</dt><dd>${urls.base ?? BASELINE_WORDS[baseline]}</dd>
<dt>took</dt><dd>${durationText(result)}</dd>
${blame === undefined ? '' : html`<dt>to blame</dt><dd>${blame}, not the candidate</dd>`}
</dl>
</header>`;
}

const BASELINE_WORDS: Readonly<Record<GateResult['baseline'], string>> = {
  live: 'measured beside it',
  history: 'runs stored earlier',
  none: 'none, fixed limits only',
};

function notesOf(notes: readonly string[]): Html | string {
  if (notes.length === 0) return '';
  return html`<h2>To know</h2><ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`;
}

function needsALook(rows: readonly GateRow[], { checks }: GateResult): Html | string {
  const unmeasured = checks.filter(({ status }) => status !== 'measured');
  if (rows.length + unmeasured.length === 0) return '';
  return html`<h2>What needs a look</h2>${unmeasured.map(checkCard)}${rows.map((row) => card(row, checks))}`;
}

function fineRows(rows: readonly GateRow[]): Html | string {
  if (rows.length === 0) return '';
  const [shown, folded] = [rows.slice(0, MOST_FINE), rows.slice(MOST_FINE)];
  const more =
    folded.length === 0
      ? ''
      : html`<details><summary>and ${folded.length} more without change</summary>${rowsTable(folded)}</details>`;
  return html`<h2>No worse, the nearest to its limit first</h2>${rowsTable(shown)}${more}`;
}

function sureness(result: GateResult): Html {
  const { runner, rates } = result;
  const fitness = runner.fitness.map(({ when, score }) => `${when} ${Math.round(score)}`).join(', ');
  return html`<h2>How sure this is</h2>
${runner.unfit === undefined ? howSure(rates).map((sentence) => html`<p>${sentence}</p>`) : html`<p>No verdict of values: ${runner.unfit}.</p>`}
<dl class="facts">
<dt>measured on</dt><dd>${runnerText(result)}</dd>
${fitness === '' ? '' : html`<dt>CPU score</dt><dd>${fitness} (higher is faster)</dd>`}
<dt>runs in doubt</dt><dd>${Math.round(runner.taintedShare * 100)} % were marked because of this machine</dd>
</dl>`;
}
