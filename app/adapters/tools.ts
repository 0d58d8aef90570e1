import { VigieError } from '../../core/errors.ts';
import type { ToolFound, ToolMissing, ToolName, Tools } from '../../core/kind.ts';
import { hostTroubleIn } from '../../process/host-trouble.ts';
import {
  locateChromium,
  locateK6,
  locateLhci,
  locateLighthouse,
  locatePlaywrightTest,
} from '../../process/locate-tools.ts';

type Found = ToolFound | ToolMissing;

/** Looks a tool up at its first use and remembers what was found; what was missing is looked for again, because it may have been installed since. */
export function openTools(environment: Readonly<Record<string, string | undefined>>): Tools {
  const found = new Map<ToolName, Promise<Found>>();
  return {
    find(name) {
      const known = found.get(name);
      if (known !== undefined) return known;
      const looking = look(name, environment).then(unlessHostIsInTrouble);
      found.set(name, looking);
      const forget = (): void => void found.delete(name);
      looking.then((result) => (result.found ? undefined : forget()), forget);
      return looking;
    },
  };
}

/** A machine that cannot start a program cannot tell whether it is there, either. */
function unlessHostIsInTrouble(found: Found): Found {
  const trouble = found.found ? undefined : hostTroubleIn(found.looked.join('; '));
  if (found.found || trouble === undefined) return found;
  throw new VigieError(trouble, `it could not be looked for (${found.looked.join('; ')})`);
}

async function look(name: ToolName, environment: Readonly<Record<string, string | undefined>>): Promise<Found> {
  switch (name) {
    case 'chromium':
      return locateChromium(environment);
    case 'k6':
      return locateK6(environment);
    case 'lhci':
      return locateLhci();
    case 'lighthouse':
      return locateLighthouse();
    case 'playwright':
      return locatePlaywrightTest();
  }
}
