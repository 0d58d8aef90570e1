import type { BenchDocument } from './result.ts';

/** A figure that both runs have. */
export type Change = {
  readonly row: string;
  readonly name: string;
  readonly unit: BenchDocument['rows'][number]['figures'][number]['unit'];
  readonly before: number;
  readonly now: number;
  /** Whether the difference is larger than both spreads together. */
  readonly isClear: boolean;
};

const FITNESS_TOLERANCE = 0.15;

/** How two runs are unlike, in words; none when their figures may be set side by side. */
export function differencesOf(before: BenchDocument, now: BenchDocument): readonly string[] {
  const names = [...new Set([...Object.keys(before.versions), ...Object.keys(now.versions)])].filter(
    (name) => name !== 'vigie',
  );
  const versions = names.map((name) => [name, before.versions[name], now.versions[name]] as const);
  const hosts = (['platform', 'arch', 'cpuModel', 'cores', 'memoryBytes'] as const).map(
    (name) => [name, before.host[name], now.host[name]] as const,
  );
  const plain = [...hosts, ['size', before.size, now.size], ['build', before.build, now.build], ...versions] as const;
  const [fitBefore, fitNow] = [before.cpuFitness.before, now.cpuFitness.before];
  const isOtherPace = Math.abs(fitNow / fitBefore - 1) > FITNESS_TOLERANCE;
  return [
    ...plain
      .filter(([, one, other]) => one !== other)
      .map(([name, one, other]) => `${name}: ${one ?? 'none'}, now ${other ?? 'none'}`),
    ...(isOtherPace ? [`CPU fitness: ${Math.round(fitBefore)}, now ${Math.round(fitNow)}`] : []),
  ];
}

export function changesBetween(before: BenchDocument, now: BenchDocument): readonly Change[] {
  return now.rows.flatMap((row) => {
    const old = before.rows.find(({ name }) => name === row.name);
    return row.figures.flatMap(({ name, unit, spread }) => {
      const found = old?.figures.find((figure) => figure.name === name);
      if (found === undefined) return [];
      const isClear = Math.abs(spread.median - found.spread.median) > spread.mad + found.spread.mad;
      return [{ row: row.name, name, unit, before: found.spread.median, now: spread.median, isClear }];
    });
  });
}
