import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';

/** Makes objects of which much survives for a while, and says in mebibytes how large the space for new ones became. */
const PROGRAM = `
  import { getHeapSpaceStatistics } from 'node:v8';
  const kept = [];
  for (let round = 0; round < 300; round += 1) {
    kept.push(Array.from({ length: 2_000 }, (_, index) => ({ index, round })));
    if (kept.length > 20) kept.shift();
  }
  console.log(getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space').space_size / 2 ** 20);
`;

function newSpaceMebibytes(first: string): number {
  return Number(
    execFileSync(process.execPath, ['--input-type=module-typescript', '-e', first + PROGRAM], { encoding: 'utf8' }),
  );
}

describe('the heaps of a monitor', () => {
  it('do not grow their space for new objects, which V8 would make many times as large', () => {
    const adapter = JSON.stringify(join(import.meta.dirname, 'heap.ts'));
    const small = newSpaceMebibytes(`import { keepHeapsSmall } from ${adapter}; keepHeapsSmall();`);
    const usual = newSpaceMebibytes('');
    assert.ok(small <= 16, `${small} MiB`);
    assert.ok(usual >= small * 2, `${usual} MiB without it: V8 has changed and this is needed no more`);
  });
});
