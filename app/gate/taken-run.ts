import type { GateRun, Side } from '../../core/gate/result.ts';
import type { Run } from '../../core/run.ts';
import { artefactFile } from '../../results/artefact-path.ts';

export type TakenRun = GateRun & { readonly run: Run };

/** How a run appears in the result, with the run itself for what is explained later. */
export function takenRun(run: Run, side: Side, pair: number): TakenRun {
  return {
    id: run.id,
    side,
    pair,
    status: run.verdict.status,
    taints: run.taints,
    startedAt: run.startedAt,
    durationMs: run.finishedAt - run.startedAt,
    artefacts: run.attempts.flatMap((attempt) =>
      attempt.observation.artefacts.map(({ kind, file }) => ({
        kind,
        file: artefactFile(run.id, attempt.number, file),
      })),
    ),
    run,
  };
}

/** A run beside the pairs: its values count for nothing. */
export function besideRun(run: Run, side: Side, purpose: NonNullable<GateRun['purpose']>): TakenRun {
  return { ...takenRun(run, side, -1), purpose };
}
