import type { FaultCode } from './fault.ts';
import type { Provenance, Taint } from './observation.ts';
import { formatQuantity } from './units.ts';

/** What this machine went through while a run measured. */
export type Endured = {
  readonly taints: readonly Taint[];
  readonly producedBy: Pick<Provenance, 'eventLoopLagMs' | 'cpuSteal' | 'strain'>;
  /** Of the attempt that the verdict stands on. */
  readonly durationMs: number;
};

// Each says in one sentence what could explain a failure, and undefined when there is no evidence for it.

export function shortOfMemory({ taints, producedBy: { strain } }: Endured): string | undefined {
  if (!taints.includes('memory-pressure')) return undefined;
  const { oomKills = 0, memoryFree, memoryWaiting } = strain ?? {};
  return `this machine was short of memory${facts([
    oomKills > 0 && `${oomKills} processes killed`,
    memoryFree !== undefined && `${share(memoryFree)} free`,
    memoryWaiting !== undefined && `waited for memory ${share(memoryWaiting)} of the time`,
  ])}`;
}

export function shortage(code: FaultCode): (endured: Endured) => string | undefined {
  return ({ producedBy: { strain } }) =>
    strain?.shortage === code ? `another run met the same moment with '${code}'` : undefined;
}

const STARVED: readonly Taint[] = ['event-loop-lag', 'cpu-steal', 'host-overloaded'];

export function starved({ taints, producedBy }: Endured): string | undefined {
  if (!taints.some((taint) => STARVED.includes(taint))) return undefined;
  const { eventLoopLagMs = 0, cpuSteal = 0, strain } = producedBy;
  const { cpuWaiting, cpuThrottled } = strain ?? {};
  return `this machine was starved of CPU while it measured${facts([
    taints.includes('event-loop-lag') && `event loop delayed by ${formatQuantity(eventLoopLagMs, 'ms')}`,
    taints.includes('cpu-steal') && `${share(cpuSteal)} stolen`,
    cpuWaiting !== undefined && `processes waited ${share(cpuWaiting)} of the time`,
    cpuThrottled !== undefined && `throttled ${share(cpuThrottled)} of the time`,
  ])}`;
}

export function clockSet({ producedBy }: Endured): string | undefined {
  return producedBy.strain?.clockJumped ? 'the clock of this machine was set while the run measured' : undefined;
}

function facts(known: readonly (string | false)[]): string {
  const said = known.filter((one) => one !== false);
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}

function share(part: number): string {
  return formatQuantity(part, 'ratio');
}

/** The most that a starved host can have added to a duration, as far as it is known. */
export function lostMs({ taints, producedBy, durationMs }: Endured): number {
  const { eventLoopLagMs = 0, cpuSteal = 0, strain } = producedBy;
  const { cpuThrottled = 0, cpuWaiting = 0 } = strain ?? {};
  // Overloaded by its load average, or by a runner's own measure: by how much nobody can say.
  if (taints.includes('host-overloaded') && cpuThrottled + cpuWaiting === 0) return Number.POSITIVE_INFINITY;
  return eventLoopLagMs + Math.min(1, cpuSteal + cpuThrottled + cpuWaiting) * durationMs;
}
