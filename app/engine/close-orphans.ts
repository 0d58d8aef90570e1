import { composeRemoval } from '../../alerts/compose-notices.ts';
import type { Incident } from '../../core/incident.ts';
import type { Notice } from '../../core/notice.ts';
import { affectedBy, isOwnCause } from '../../core/shared-cause.ts';
import { openReader } from '../../results/open-reader.ts';
import type { IncidentKeeper } from './incident-keeper.ts';
import type { PlanInForce } from './plan-in-force.ts';
import type { Recorder } from './recorder.ts';

export type OrphanParts = {
  readonly plan: PlanInForce;
  readonly incidents: IncidentKeeper;
  readonly recorder: Recorder;
  readonly now: number;
};

/** Closes incidents that nothing can heal any more, because their check left the configuration, or its location changed, while nothing ran. */
export async function closeOrphans({ plan, incidents, recorder, now }: OrphanParts): Promise<void> {
  const { location, dataFolder } = plan.now().settings;
  const states = incidents.states();
  for (const check of new Set(states.flatMap((state) => affectedBy(state).map((one) => one.check))))
    if (!plan.isWatched(check)) await recorder.recordChange(incidents.leave(check, plan.now(), now), undefined);
  const orphans = states.filter(
    (state) => state.location !== location || !(isOwnCause(state.check) || plan.isWatched(state.check)),
  );
  for (const state of orphans) {
    const part = incidents.close(state, now);
    if (state.open === undefined) continue;
    const notices = openingsOf(state.open, dataFolder).map((opening) => composeRemoval(opening, now));
    await recorder.recordChange({ ...part, notices }, plan.find(state.check));
  }
}

/** Those who heard of the incident are those to tell; the check itself is known no more. Read at start, when nothing is measured yet. */
function openingsOf({ id }: Incident, folder: string): readonly Notice[] {
  const reader = openReader({ folder });
  try {
    return reader.notices(id).filter(({ content }) => content.change === 'opened');
  } finally {
    reader.close();
  }
}
