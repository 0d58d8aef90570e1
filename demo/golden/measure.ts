import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectImage } from '../ocr/image.ts';
import { createOcrReader } from '../ocr/reader.ts';
import { type Accuracy, addAccuracy, compareFields } from './accuracy.ts';
import { goldenCases } from './cases.ts';

/** Prints how well the real recognition reads the golden set: node demo/golden/measure.ts */
const reader = createOcrReader();
await reader.warm();
const nothing: Accuracy = { fields: 0, exact: 0, characters: 0, errors: 0 };
const totals = new Map<string, Accuracy>();
const timesMs: number[] = [];
for (const { file, kind, difficulty, fields } of goldenCases) {
  const bytes = await readFile(join(import.meta.dirname, file));
  const info = inspectImage(bytes);
  if (info === undefined) throw new Error(`${file} is neither PNG nor JPEG: draw the set anew with generate.ts`);
  const begin = performance.now();
  const reading = await reader.read(bytes, info);
  timesMs.push(performance.now() - begin);
  const accuracy = compareFields(fields, reading.fields);
  for (const group of [`${kind} ${difficulty}`, `all ${difficulty}`, 'all'])
    totals.set(group, addAccuracy(totals.get(group) ?? nothing, accuracy));
  process.stdout.write(
    `${file} ${accuracy.exact}/${accuracy.fields} ${accuracy.errors === 0 ? '' : JSON.stringify(reading.fields)}\n`,
  );
}
await reader.close();
for (const [group, { fields, exact, characters, errors }] of totals) {
  process.stdout.write(
    `${group}: exact ${exact}/${fields} (${((100 * exact) / fields).toFixed(1)} %), CER ${((100 * errors) / characters).toFixed(2)} %\n`,
  );
}
timesMs.sort((a, b) => a - b);
process.stdout.write(
  `time: median ${timesMs[timesMs.length >> 1]?.toFixed(0)} ms, longest ${timesMs.at(-1)?.toFixed(0)} ms; RSS ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB\n`,
);
