import type { Check } from '../core/check.ts';
import type { CheckId } from '../core/identifiers.ts';
import type { IncidentChange } from '../core/incident.ts';
import type { Reporter } from '../core/reporter.ts';
import type { Run, VerdictStatus } from '../core/run.ts';
import { causeOfId } from '../core/shared-cause.ts';
import { describeRun, type Paint } from './describe-run.ts';
import { printable } from './printable.ts';

/** For `vigie start`: says what changes, not every pass. The first run of a check is a change. */
export function consoleReporter(say: (line: string) => void, paint: Paint): Reporter {
  const last = new Map<CheckId, VerdictStatus>();
  return {
    name: 'console',
    onRun(run: Run, check: Check) {
      const { status } = run.verdict;
      if (last.get(check.id) === status) return;
      last.set(check.id, status);
      for (const line of describeRun(run, check, paint)) say(`${paint.dim(timeOf(run.finishedAt))} ${line}`);
    },
    onIncident({ change, incident }, check) {
      // The run that showed another cause is said already.
      if (change === 'changed') return;
      const what =
        check === undefined
          ? `Vigie itself, ${causeOfId(incident.check)}`
          : `${check.name} ${incident.track === 'target' ? 'is failing' : 'cannot be measured'}`;
      const text = `incident ${change}: ${what} (${incident.severity})${incident.flapping ? ', flapping' : ''}`;
      say(`${paintOf(change, paint)(text)} ${paint.dim(incident.id)}`);
    },
    onDelivery({ channel, outcome, attempt }) {
      const text = `notice to ${channel}: ${outcome.status} (${printable(outcome.detail)}), attempt ${attempt}`;
      say(outcome.status === 'accepted' ? text : paint.warn(text));
    },
  };
}

function paintOf(change: IncidentChange['change'], paint: Paint): (text: string) => string {
  return change === 'opened' || change === 'worsened' ? paint.bad : paint.good;
}

function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}
