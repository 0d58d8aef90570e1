import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import type { RunContext } from '../../core/kind.ts';
import type { Artefact } from '../../core/observation.ts';
import { scrubFile } from '../scrub-archive.ts';
import { ARTEFACT_FILES, type ArtefactName } from './protocol.ts';

export type Collected = { readonly artefacts: readonly Artefact[]; readonly dropped: readonly string[] };

/** Larger recordings are dropped rather than rewritten: the whole file is held in memory for it. */
const MOST_BYTES = 200_000_000;

/**
 * Takes the files of a run into the artefact folder, freed of secrets. A file that cannot be freed is dropped.
 * A picture is kept as it is: nothing but the page itself could tell what it shows.
 */
export async function collectArtefacts(
  from: string,
  names: readonly ArtefactName[],
  context: RunContext,
): Promise<Collected> {
  const artefacts: Artefact[] = [];
  const dropped: string[] = [];
  for (const name of names) {
    try {
      artefacts.push(await collect(from, name, context));
    } catch (error) {
      dropped.push(`${name}: ${context.secrets.scrub(messageOf(error))}`);
    }
  }
  return { artefacts, dropped };
}

async function collect(from: string, name: ArtefactName, context: RunContext): Promise<Artefact> {
  const { file, mediaType } = ARTEFACT_FILES[name];
  const source = join(from, file);
  const { size } = await stat(source);
  if (size > MOST_BYTES) throw new RangeError(`it has ${size} bytes, more than ${MOST_BYTES}`);
  const target = join(await context.artefactFolder(), file);
  switch (name) {
    case 'screenshot':
      await writeFile(target, await readFile(source));
      break;
    case 'console':
    case 'requests':
    case 'log':
      await writeFile(target, context.secrets.scrub(await readFile(source, 'utf8')));
      break;
    case 'trace':
    case 'har': {
      const known = [...context.secrets.known()];
      const problem = await scrubFile({ from: source, to: target, isArchive: name === 'trace', known });
      if (problem !== undefined) throw new Error(`it could not be freed of secrets: ${problem}`);
    }
  }
  return { kind: name, file, mediaType, sizeBytes: (await stat(target)).size };
}
