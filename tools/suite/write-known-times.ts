// Writes down what the files of the last run took, for the order and the shards of the next.
//   node tools/suite/write-known-times.ts      after `npm test` on a quiet machine with two cores
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KNOWN_TIMES, mergeTimes, type RunTimes, readKnownTimes, TIMES_FILE } from './times-file.ts';

const root = join(import.meta.dirname, '../..');
const last: RunTimes = JSON.parse(readFileSync(join(root, TIMES_FILE), 'utf8'));
const known = mergeTimes(readKnownTimes(), last.files, (file) => existsSync(join(root, file)));
writeFileSync(KNOWN_TIMES, `${JSON.stringify(known, undefined, 2)}\n`);
console.log(`${Object.keys(known).length} files in ${fileURLToPath(KNOWN_TIMES)}`);
