import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunId } from '../../core/identifiers.ts';
import type { Log } from '../../core/log.ts';
import type { Artefact } from '../../core/observation.ts';
import { openArtefacts } from '../../results/artefacts.ts';

/** Where attempts leave files. */
export type ArtefactArea = { open(run: RunId, attempt: number): AttemptArtefacts; close(): Promise<void> };

export type AttemptArtefacts = {
  /** Makes the folder on first use: most runs leave nothing and cost nothing. */
  folder(): Promise<string>;
  /** Keeps the files named, removes the rest, and returns those that are really there with their true size. */
  keep(artefacts: readonly Artefact[]): Promise<readonly Artefact[]>;
};

/** The area of a data folder, or a temporary one that goes when it is closed. */
export async function openArtefactArea(dataFolder: string | undefined, log: Log): Promise<ArtefactArea> {
  const temporary = dataFolder === undefined ? await mkdtemp(join(tmpdir(), 'vigie-artefacts-')) : undefined;
  const area = openArtefacts(dataFolder ?? temporary ?? '');
  return {
    open(run, attempt) {
      let folder: Promise<string> | undefined;
      return {
        folder() {
          folder ??= area.makeFolder(run, attempt);
          return folder;
        },
        async keep(artefacts) {
          if (folder === undefined) return [];
          const kept = await area.keep(run, attempt, artefacts);
          for (const problem of kept.problems)
            log.warn({ run, problem }, 'an artefact that a runner named is not there');
          return kept.artefacts;
        },
      };
    },
    close: async () => {
      if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
    },
  };
}
