import { closeSync, openSync } from 'node:fs';
import { runKind, verdictLine } from '../../net/testing/context.ts';
import { httpKind } from '../kind.ts';

// Run by a test in a process with few file descriptors: uses them all up, then probes, then gives them back and probes again.
const url = process.argv[2] ?? '';
const first = verdictLine(await runKind(httpKind, { url }));
const taken: number[] = [];
try {
  for (;;) taken.push(openSync('/dev/null', 'r'));
} catch {
  // None is left, which is what is wanted.
}
const without = verdictLine(await runKind(httpKind, { url }));
for (const descriptor of taken) closeSync(descriptor);
const after = verdictLine(await runKind(httpKind, { url }));
process.stdout.write(JSON.stringify([first, without, after]));
