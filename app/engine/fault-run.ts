import type { Check } from '../../core/check.ts';
import type { Instant } from '../../core/clock.ts';
import type { Fault } from '../../core/fault.ts';
import { runId } from '../../core/identifiers.ts';
import { judge } from '../../core/judge.ts';
import { EMPTY_OBSERVATION } from '../../core/observation.ts';
import type { Run, Slot } from '../../core/run.ts';
import type { EngineParts } from './engine-parts.ts';

/** The record of a slot whose execution threw or never ended: inconclusive, by the judge like every other. */
export function makeFaultRun(check: Check, slot: Slot, startedAt: Instant, fault: Fault, parts: EngineParts): Run {
  const observation = { ...EMPTY_OBSERVATION, fault };
  const { verdict, budgets } = judge(observation, { budgets: check.budgets, evidence: [] });
  const finishedAt = parts.clock.now();
  return {
    id: runId(startedAt, parts.entropy()),
    check: check.id,
    kind: check.kind,
    location: slot.location,
    environment: check.target.environment,
    trigger: 'slot',
    slot,
    verdict,
    attempts: [
      { number: 1, purpose: 'first', startedAt, durationMs: Math.max(0, finishedAt - startedAt), verdict, observation },
    ],
    budgets,
    taints: [],
    producedBy: { vigie: parts.version, tools: { node: process.versions.node }, host: parts.host.fingerprint },
    startedAt,
    finishedAt,
  };
}
