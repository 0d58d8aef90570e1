import { html } from 'hono/html';
import type { CheckState } from '../../core/check-state.ts';
import type { CheckId } from '../../core/identifiers.ts';
import { describeBreach } from '../../core/judge.ts';
import type { BudgetResult, Verdict, VerdictStatus } from '../../core/run.ts';
import type { RunSummary, SlotView } from '../../core/store.ts';
import { formatQuantity } from '../../core/units.ts';
import { type Html, table } from './layout.ts';
import { ago, instantText, STANDING_WORDS } from './words.ts';

export function badge(status: VerdictStatus | CheckState['name'], text: string = status): Html {
  return html`<span class="badge ${status}">${text}</span>`;
}

/**
 * The last slots as coloured cells, oldest first; unknown is hatched, never green. Colour is not the only sign: each has a title, bad ones are
 * taller. The cells lead to their runs by pointer only: by keyboard the list of runs does, without forty stops in each row.
 */
export function strip(slots: readonly SlotView[]): Html {
  if (slots.length === 0) return html`<span class="dim">no slots yet</span>`;
  return html`<span class="strip" role="group" aria-label="${stripLabel(slots)}">${slots.toReversed().map((slot) => {
    const title = `${instantText(slot.dueAt)}: ${slot.status}${slot.reason === undefined ? '' : `, ${slot.reason}`}`;
    return slot.run === undefined
      ? html`<i class="${slot.standing}" title="${title}"></i>`
      : html`<a class="${slot.standing}" href="/runs/${slot.run}" title="${title}" tabindex="-1"></a>`;
  })}</span>`;
}

function stripLabel(slots: readonly SlotView[]): string {
  const count = (standing: SlotView['standing']): number => slots.filter((slot) => slot.standing === standing).length;
  const parts = (['good', 'bad', 'unknown', 'excluded'] as const).map(
    (standing) => `${count(standing)} ${STANDING_WORDS[standing]}`,
  );
  return `last ${slots.length} slots: ${parts.join(', ')}`;
}

export function verdictDetails(verdict: Verdict): Html {
  switch (verdict.status) {
    case 'passed':
      return html`<p>Everything asked for was measured and within its budgets.</p>`;
    case 'failed':
    case 'degraded':
      return html`<ul class="breaches">${verdict.breaches.map((breach) => html`<li>${describeBreach(breach)}</li>`)}</ul>${verdict.doubt === undefined ? '' : html`<p><strong>Doubtful.</strong> ${verdict.doubt.message}</p><p class="dim"><code>${verdict.doubt.code}</code>: this may not have been the target. It opens no incident alone.</p>`}`;
    case 'inconclusive':
      return html`<p><strong>Could not measure.</strong> ${verdict.fault.message}</p><p class="dim">fault <code>${verdict.fault.code}</code>, blame: ${verdict.fault.blame} – this does not count against the target.</p>
${verdict.seen.length === 0 ? '' : html`<p>Seen before that:</p><ul>${verdict.seen.map((breach) => html`<li>${describeBreach(breach)}</li>`)}</ul>`}`;
    case 'skipped':
      return html`<p>Not run: ${verdict.reason}.</p>`;
  }
}

export function budgetTable(budgets: readonly BudgetResult[]): Html {
  if (budgets.length === 0) return html`<p class="dim">No budgets.</p>`;
  return table(
    ['Budget', 'Value', 'Warn', 'Fail', 'Samples', '(Result)'],
    budgets.map(({ budget, value, samples, status }) => {
      const unit = (budget.fail ?? budget.warn)?.unit ?? 'count';
      const limit = (level: 'warn' | 'fail'): string => {
        const found = budget[level];
        return found === undefined ? '–' : `${found.comparison} ${formatQuantity(found.value, found.unit)}`;
      };
      return html`<tr><td class="text">${budget.name}</td><td class="number">${value === undefined ? 'no value' : formatQuantity(value, unit)}</td><td class="number">${limit('warn')}</td><td class="number">${limit('fail')}</td><td class="number">${samples}</td><td><span class="badge ${status}">${BUDGET_WORDS[status]}</span></td></tr>`;
    }),
  );
}

const BUDGET_WORDS: Readonly<Record<BudgetResult['status'], string>> = {
  kept: 'kept',
  warned: 'warned',
  failed: 'broken',
  'no-samples': 'no samples',
};

export function runTable(runs: readonly RunSummary[], now: number): Html {
  if (runs.length === 0) return html`<p class="dim">No runs yet.</p>`;
  return table(
    ['Started', 'Verdict', 'Why', 'Duration', 'Attempts', 'Trigger'],
    runs.map(
      (run) =>
        html`<tr><td class="number"><a href="/runs/${run.id}" title="${instantText(run.startedAt)}">${ago(run.startedAt, now)}</a></td><td>${badge(run.status)}</td><td class="text why">${run.reason ?? ''}${run.blame === undefined ? '' : ` (blame: ${run.blame})`}</td><td class="number">${formatQuantity(run.durationMs, 'ms')}</td><td class="number">${run.attempts}</td><td>${run.trigger}${run.taints.length === 0 ? '' : html` <span class="dim" title="${run.taints.join(', ')}">tainted</span>`}</td></tr>`,
    ),
  );
}

export function checkLink(check: CheckId, name: string): Html {
  return html`<a href="/checks/${check}"><bdi>${name}</bdi></a>`;
}
