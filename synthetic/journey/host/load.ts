import { pathToFileURL } from 'node:url';
import { createJiti, type Jiti } from 'jiti';
import { messageOf } from '../../../core/errors.ts';
import { OWN_ENTRY } from '../../../core/own-entry.ts';
import { isJourney, type Journey } from '../journey.ts';
import { stampOf } from './stamp.ts';

export type LoadedJourney = { readonly journey: Journey; readonly sources: readonly Source[] };
export type NotLoaded = { readonly problem: string };
/** A file that the journey consists of; `stamp` changes when the file does. */
export type Source = { readonly file: string; readonly stamp: string };
export type JourneyLoader = (file: string, exportName: string) => Promise<LoadedJourney | NotLoaded>;

/** Loads journeys with jiti, once per file: a host whose files changed is replaced, not reloaded. */
export function createLoader(): JourneyLoader {
  const opened = openJiti();
  return async (file, exportName) => {
    try {
      const jiti = await opened;
      const loaded: unknown = await jiti.import(file);
      const found = pick(loaded, exportName);
      if (found === undefined) return { problem: `${file} has no export '${exportName}'; it has: ${namesIn(loaded)}` };
      if (!isJourney(found)) {
        return {
          problem: `the export '${exportName}' of ${file} is not a journey; make it with journey('name', async …)`,
        };
      }
      return { journey: found, sources: sourcesOf(jiti) };
    } catch (error) {
      return { problem: `${file} could not be loaded: ${messageOf(error)}` };
    }
  };
}

async function openJiti(): Promise<Jiti> {
  // Given as it is loaded here, or jiti would compile our own sources for every host.
  const own: unknown = await import(pathToFileURL(OWN_ENTRY).href);
  // No cache on disk: it would be written into the user's node_modules.
  return createJiti(import.meta.url, {
    fsCache: false,
    interopDefault: false,
    virtualModules: { vigie: own, [OWN_ENTRY]: own },
  });
}

function sourcesOf({ cache }: Jiti): readonly Source[] {
  return Object.keys(cache)
    .filter((file) => !file.includes('node_modules'))
    .map((file) => ({ file, stamp: stampOf(file) }));
}

function pick(loaded: unknown, exportName: string): unknown {
  if (typeof loaded !== 'object' || loaded === null) return undefined;
  const found: unknown = Reflect.get(loaded, exportName);
  // A CommonJS file compiled from `export default` holds it one level deeper.
  if (exportName === 'default' && typeof found === 'object' && found !== null && 'default' in found)
    return found.default;
  return found;
}

function namesIn(loaded: unknown): string {
  const names = typeof loaded === 'object' && loaded !== null ? Object.keys(loaded).slice(0, 20) : [];
  return names.length === 0 ? 'nothing' : names.join(', ');
}
