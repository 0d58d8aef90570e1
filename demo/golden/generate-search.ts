import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateParts } from '../catalogue/generate.ts';
import { searchGolden } from './search-golden.ts';

/** Writes `search.json`, for monitors outside this program: node demo/golden/generate-search.ts, then biome check --write demo/golden */
const golden = searchGolden(generateParts());
await writeFile(join(import.meta.dirname, 'search.json'), `${JSON.stringify(golden, null, 2)}\n`);
