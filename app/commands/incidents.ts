import { EXIT, type ExitCode } from '../../core/errors.ts';
import { incidentWords } from '../../core/incident-words.ts';
import { formatQuantity } from '../../core/units.ts';
import { printable } from '../../reporters/printable.ts';
import { realClock } from '../adapters/real-clock.ts';
import { loadPlan, type PlanOptions } from '../load-plan.ts';
import type { Terminal } from '../terminal.ts';
import { NO_HISTORY, withHistory } from '../with-reader.ts';

export type IncidentsOptions = PlanOptions & { readonly open?: boolean; readonly limit: number };

/** `vigie incidents`: what happened, and what each channel answered to each notice. */
export async function incidents(options: IncidentsOptions, terminal: Terminal): Promise<ExitCode> {
  const plan = await loadPlan(options, process.env);
  const recorded = withHistory(plan, (reader) =>
    reader.incidents({ limit: options.limit, ...(options.open === true ? { open: true } : {}) }).map((incident) => ({
      ...incident,
      notices: reader.notices(incident.id).map((notice) => ({
        id: notice.id,
        channel: notice.channel,
        change: notice.content.change,
        summary: notice.content.summary,
        deliveries: reader.deliveries(notice.id),
      })),
    })),
  );
  const found = recorded ?? [];
  if (terminal.json) terminal.out(JSON.stringify({ schemaVersion: 1, incidents: found }, null, 2));
  if (recorded === undefined) {
    terminal.say(terminal.paint.warn(NO_HISTORY));
    return EXIT.inconclusive;
  }
  if (found.length === 0) terminal.say(options.open === true ? 'no open incidents' : 'no incidents');
  for (const incident of found) {
    const state = incident.closed === undefined ? terminal.paint.bad('open') : incident.closed.how;
    const lasted = formatQuantity((incident.closed?.at ?? realClock.now()) - incident.since, 'ms');
    terminal.say(
      `${terminal.paint.bold(incident.check)} ${incident.severity} ${incidentWords(incident)}, ${state}, since ${new Date(incident.since).toISOString()}, ${lasted} ${terminal.paint.dim(incident.id)}`,
    );
    const cause = incident.causes?.at(-1);
    if (cause !== undefined) terminal.say(`    cause: ${printable(cause.text)}`);
    for (const notice of incident.notices) {
      const last = notice.deliveries.at(-1);
      terminal.say(
        `    ${notice.change} → ${notice.channel}: ${last === undefined ? 'waiting' : `${last.outcome.status} (${printable(last.outcome.detail)}), ${last.attempt} ${last.attempt === 1 ? 'attempt' : 'attempts'}`}`,
      );
    }
  }
  return EXIT.passed;
}
