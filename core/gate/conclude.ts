import type { Blame } from '../fault.ts';
import type { GateCheck, GateRow, GateStatus } from './result.ts';
import type { Lacking } from './series.ts';

export type Conclusion = { readonly status: GateStatus; readonly reason: string; readonly blame?: Blame };

export type ConcludeInput = {
  readonly rows: readonly GateRow[];
  readonly checks: readonly GateCheck[];
  readonly lacking: readonly Lacking[];
  /** Why this machine was in no state to measure. */
  readonly unfit?: string;
  readonly interrupted: boolean;
};

/**
 * The verdict over everything. Order of reasons, first that applies: interrupted – the candidate does not do what is asserted – this machine could not
 * measure – something got worse, or breaks its limit – something was not measured – something could not be told – passed.
 */
export function conclude(input: ConcludeInput): Conclusion {
  const { rows, checks, interrupted } = input;
  if (interrupted) return { status: 'interrupted', reason: 'The gate was interrupted before it could decide' };
  const broken = checks.filter(({ status }) => status === 'broken');
  if (broken.length > 0)
    return { status: 'failed', reason: `The candidate is broken: ${listed(broken.map(({ name }) => name))}` };
  if (input.unfit !== undefined) return { status: 'inconclusive', reason: input.unfit, blame: 'host' };
  return concludeValues(rows) ?? concludeMissing(input) ?? concludeOpen(input);
}

function concludeValues(rows: readonly GateRow[]): Conclusion | undefined {
  const worse = rows.filter(({ verdict }) => verdict === 'regressed');
  const beyond = rows.filter((row) => row.verdict === 'broken' && row.type === 'absolute' && row.level === 'fail');
  if (worse.length === 0 && beyond.length === 0) return undefined;
  const parts = [
    ...(worse.length === 0 ? [] : [`worse than the baseline: ${listed(worse.map(nameOf))}`]),
    ...(beyond.length === 0 ? [] : [`beyond its limit: ${listed(beyond.map(nameOf))}`]),
  ];
  return { status: 'failed', reason: capitalised(parts.join('; ')) };
}

function concludeMissing({ checks, lacking }: ConcludeInput): Conclusion | undefined {
  const unmeasured = checks.filter(({ status }) => status === 'not-measured');
  const first = unmeasured[0];
  if (first !== undefined) {
    const reason = `Could not be measured: ${listed(unmeasured.map(({ name }) => name))}`;
    return { status: 'inconclusive', reason, ...(first.blame === undefined ? {} : { blame: first.blame }) };
  }
  const missing = lacking.filter(({ declared }) => declared);
  return missing.length === 0
    ? undefined
    : { status: 'inconclusive', reason: `Never or not always seen: ${listed(missing.map(nameOf))}`, blame: 'config' };
}

function concludeOpen({ rows, checks }: ConcludeInput): Conclusion {
  if (rows.length === 0 && checks.every(({ runs }) => runs.length === 0))
    return { status: 'inconclusive', reason: 'Nothing was measured', blame: 'config' };
  const baseBroken = checks.filter(({ status }) => status === 'base-broken');
  const open = rows.filter((row) => row.verdict === 'undecided' && !(row.type === 'absolute' && row.level === 'warn'));
  const notRun = checks.filter(({ status }) => status === 'not-run');
  const parts = [
    ...(open.length === 0 ? [] : [`could not be told in the time allowed: ${listed(open.map(nameOf))}`]),
    ...(baseBroken.length === 0
      ? []
      : [`the baseline fails, so nothing can be compared: ${listed(baseBroken.map(({ name }) => name))}`]),
    ...(notRun.length === 0 ? [] : [`their turn did not come: ${listed(notRun.map(({ name }) => name))}`]),
  ];
  if (parts.length > 0) return { status: 'undecided', reason: capitalised(parts.join('; ')) };
  const warned = rows.filter(({ verdict }) => verdict === 'broken');
  const none = rows.length === 0 ? 'everything asserted holds, no value was judged' : 'nothing got worse';
  return {
    status: 'passed',
    reason: capitalised(
      warned.length === 0 ? none : `${none}; beyond a limit that warns: ${listed(warned.map(nameOf))}`,
    ),
  };
}

const MOST_NAMED = 3;

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function nameOf({ check, name }: { readonly check: string; readonly name: string }): string {
  return `${check} ${name}`;
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
