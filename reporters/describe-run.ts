import type { Check } from '../core/check.ts';
import { describeBreach } from '../core/judge.ts';
import type { BudgetResult, Run, Verdict, VerdictStatus } from '../core/run.ts';
import { formatQuantity } from '../core/units.ts';
import { printable } from './printable.ts';

/** How a run reads on a terminal: one headline, then lines of evidence. Colours are put on by the caller's `paint`. */
export type Paint = Readonly<Record<'good' | 'bad' | 'warn' | 'dim' | 'bold', (text: string) => string>>;

const MARKS: Readonly<Record<VerdictStatus, string>> = {
  passed: '✓',
  degraded: '!',
  failed: '✗',
  inconclusive: '?',
  skipped: '-',
};

export function describeRun(run: Run, check: Pick<Check, 'id' | 'name'>, paint: Paint): readonly string[] {
  const headline = `${mark(run.verdict, paint)} ${paint.bold(check.id)} ${run.verdict.status} ${paint.dim(`in ${formatQuantity(run.finishedAt - run.startedAt, 'ms')}${attemptsOf(run)}`)}`;
  return [headline, ...detailsOf(run, paint).map((line) => `    ${line}`)];
}

function mark(verdict: Verdict, paint: Paint): string {
  const text = MARKS[verdict.status];
  switch (verdict.status) {
    case 'passed':
      return paint.good(text);
    case 'failed':
      return paint.bad(text);
    case 'degraded':
    case 'inconclusive':
      return paint.warn(text);
    case 'skipped':
      return paint.dim(text);
  }
}

function attemptsOf(run: Run): string {
  return run.attempts.length > 1 ? `, ${run.attempts.length} attempts` : '';
}

function detailsOf(run: Run, paint: Paint): readonly string[] {
  const budgets = run.budgets.map((result) => describeBudget(result, paint));
  const taints = run.taints.length === 0 ? [] : [paint.dim(`circumstances: ${run.taints.join(', ')}`)];
  return [
    ...reasonsOf(run.verdict, paint),
    ...budgets,
    ...failedSteps(run, paint),
    ...artefactsOf(run, paint),
    ...taints,
  ];
}

function reasonsOf(verdict: Verdict, paint: Paint): readonly string[] {
  switch (verdict.status) {
    case 'failed':
    case 'degraded':
      return [
        ...verdict.breaches
          .filter((breach) => breach.kind === 'assertion')
          .map((breach) => paint.bad(printable(describeBreach(breach)))),
        ...(verdict.doubt === undefined
          ? []
          : [paint.warn(`doubtful: ${printable(verdict.doubt.message)} (${verdict.doubt.code})`)]),
      ];
    case 'inconclusive': {
      const { code, blame, message } = verdict.fault;
      return [
        paint.warn(`could not measure: ${printable(message)}`),
        paint.dim(`fault ${code}, blame: ${blame}, not the target`),
        ...verdict.seen.map((breach) => `seen: ${printable(describeBreach(breach))}`),
      ];
    }
    case 'skipped':
      return [`skipped: ${verdict.reason}`];
    case 'passed':
      return [];
  }
}

/** `lcp p75 1.2 s (fail <= 2.5 s, 4 samples) kept`. */
function describeBudget({ budget, value, samples, status }: BudgetResult, paint: Paint): string {
  const limits = (['warn', 'fail'] as const).flatMap((level) => {
    const limit = budget[level];
    return limit === undefined ? [] : [`${level} ${limit.comparison} ${formatQuantity(limit.value, limit.unit)}`];
  });
  const unit = (budget.fail ?? budget.warn)?.unit ?? 'count';
  const shown = value === undefined ? 'no value' : formatQuantity(value, unit);
  const text = `${budget.name} ${shown} ${paint.dim(`(${limits.join(', ')}; ${samples} ${samples === 1 ? 'sample' : 'samples'})`)}`;
  switch (status) {
    case 'kept':
      return `${paint.good('kept')}   ${text}`;
    case 'warned':
      return `${paint.warn('warned')} ${text}`;
    case 'failed':
      return `${paint.bad('broken')} ${text}`;
    case 'no-samples':
      return `${paint.warn('unseen')} ${text}`;
  }
}

function failedSteps(run: Run, paint: Paint): readonly string[] {
  const steps = run.attempts.at(-1)?.observation.steps ?? [];
  return steps
    .filter((step) => step.status === 'failed')
    .map(
      (step) =>
        `${paint.bad('step')}   ${printable(step.name)}${step.message === undefined ? '' : `: ${printable(step.message)}`}`,
    );
}

function artefactsOf(run: Run, paint: Paint): readonly string[] {
  if (run.verdict.status === 'passed') return [];
  const files = run.attempts.flatMap((attempt) =>
    attempt.observation.artefacts.map((artefact) => `${run.id}/${attempt.number}/${artefact.file}`),
  );
  return files.length === 0 ? [] : [paint.dim(`evidence: ${files.join(', ')}`)];
}
