import type { Budget } from '../budget.ts';
import { declarationOf, type Labels, type Measure, type MeasureCatalogue, matchesLabels } from '../measure.ts';
import { aggregate } from '../statistics.ts';
import type { Unit } from '../units.ts';

/** How the one value of a run is had from all that it measured; undefined when it did not measure that. */
export type Select = (measures: readonly Measure[]) => number | undefined;

/** A usual measure of a kind, told apart from its like by labels. */
export type Group = {
  /** `lcp {page=/parts}`. */
  readonly name: string;
  readonly measure: string;
  readonly labels: Labels;
  readonly unit: Unit;
  readonly floor: number;
  readonly better: 'lower' | 'higher';
};

/** The usual measures among those that were seen, but for `except`. */
export function usualGroups(
  catalogue: MeasureCatalogue,
  seen: Iterable<Measure>,
  except: ReadonlySet<string>,
): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const measure of seen) {
    const declaration = declarationOf(catalogue, measure.name);
    if (declaration?.gated === undefined || except.has(measure.name)) continue;
    const { floor, by } = declaration.gated;
    const labels = by === undefined ? (measure.labels ?? {}) : only(measure.labels, by);
    const name = nameOf(measure.name, labels);
    const better = declaration.better ?? 'lower';
    groups.set(name, { name, measure: measure.name, labels, unit: measure.unit, floor, better });
  }
  return [...groups.values()];
}

/** The value of a group in a run: the median of its samples. */
export function selectGroup({ measure, labels }: Pick<Group, 'measure' | 'labels'>): Select {
  const isIt = (one: Measure): boolean =>
    one.name === measure && Object.keys(labels).every((key) => one.labels?.[key] === labels[key]);
  return (measures) =>
    aggregate(
      measures.filter(isIt).map(({ value }) => value),
      'median',
    );
}

/** The value of a budget in a run. */
export function selectBudget({ measure, on, aggregate: how }: Pick<Budget, 'measure' | 'on' | 'aggregate'>): Select {
  return (measures) => {
    const values = measures
      .filter((one) => one.name === measure && matchesLabels(one.labels, on))
      .map(({ value }) => value);
    return values.length === 0 ? undefined : aggregate(values, how);
  };
}

function nameOf(measure: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? measure : `${measure} {${pairs.join(', ')}}`;
}

function only(labels: Labels | undefined, keys: readonly string[]): Labels {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => keys.includes(key)));
}
