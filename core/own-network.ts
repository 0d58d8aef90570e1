import type { Witness, Witnesses } from './observation.ts';

// What witnesses say of our own network: pure, and silent where it cannot be known.

type Health = 'up' | 'down' | 'unknown';
/** With the target itself three: fewer failing together may be chance, or a cause of their own. */
const LEAST_OTHERS = 2;

function networkIs({ hasNetwork, answeredMeanwhile, controls, others }: Witnesses): Health {
  if (!hasNetwork) return 'down';
  if (answeredMeanwhile || [...controls, ...others].some(({ reached }) => reached)) return 'up';
  return controls.length > 0 || others.length >= LEAST_OTHERS ? 'down' : 'unknown';
}

export function resolverIs({ controls, others }: Witnesses): Health {
  const named = (all: readonly Witness[]) => all.filter(({ name }) => name !== undefined);
  const asked = [...named(controls), ...named(others)];
  if (asked.some(({ name }) => name === 'resolved')) return 'up';
  return named(controls).length > 0 || asked.length >= LEAST_OTHERS ? 'down' : 'unknown';
}

/** Of several rounds within one run the one that counts: an outage seen in any of them. */
export function worstWitnesses(rounds: readonly Witnesses[]): Witnesses | undefined {
  return rounds.find(showsOutage) ?? rounds.at(-1);
}

export function showsOutage(witnesses: Witnesses): boolean {
  return networkIs(witnesses) === 'down' || resolverIs(witnesses) === 'down';
}

/** The evidence in one sentence that nothing could be reached from here; undefined when something could, or nobody knows. */
export function deadNetwork(witnesses: Witnesses | undefined): string | undefined {
  if (witnesses === undefined || networkIs(witnesses) !== 'down') return undefined;
  if (!witnesses.hasNetwork) return 'this machine has no network interface that is up';
  if (witnesses.controls.length > 0) return `no control could be reached either: ${listOf(witnesses.controls)}`;
  return `unrelated targets could not be reached in the same moment: ${listOf(witnesses.others)}`;
}

/** The same of the system's resolver. */
export function deadResolver(witnesses: Witnesses | undefined): string | undefined {
  if (witnesses === undefined || witnesses.ownResolver || resolverIs(witnesses) !== 'down') return undefined;
  return `no other name could be resolved either: ${listOf([...witnesses.controls, ...witnesses.others])}`;
}

function listOf(witnesses: readonly Witness[]): string {
  return witnesses.map(({ endpoint }) => endpoint).join(', ');
}
