import { single } from '../measure/spread.ts';
import type { BenchDocument } from '../result.ts';

/** A run with one row of one figure. */
export function sampleDocument(value: number, more: Partial<BenchDocument> = {}): BenchDocument {
  const figure = { name: 'rss', unit: 'bytes', spread: { ...single(value), mad: 5 } } as const;
  return {
    schemaVersion: 1,
    at: '2026-11-24T15:00:00.000Z',
    size: 'full',
    build: 'compiled',
    versions: { vigie: '0.1.0', node: '24.21.0', k6: '2.2.0' },
    host: { platform: 'linux', arch: 'x64', cpuModel: 'Xeon', cores: 2, memoryBytes: 1 },
    cpuFitness: { before: 1_000, after: 1_000 },
    load: { before: 0, after: 1 },
    rows: [{ name: 'memory', what: 'memory', durationMs: 1, figures: [figure] }],
    ...more,
  };
}
