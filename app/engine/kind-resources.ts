import { messageOf, VigieError } from '../../core/errors.ts';
import type { Kind, KindServices } from '../../core/kind.ts';

/** The long-lived resources of kinds, each opened at its first use and closed in reverse order. */
export type KindResources = { of(kind: Kind): Promise<unknown>; close(): Promise<void> };

/** How long a resource may take to open or to close, milliseconds; a cold browser on a busy machine needs some seconds. */
export const RESOURCE_WITHIN_MS = 60_000;

export function openResources(services: KindServices): KindResources {
  const opened = new Map<Kind, Promise<unknown>>();
  let isClosed = false;

  /** Its turn may come too late, after it was given up: then it is closed again. */
  async function open(kind: Kind): Promise<unknown> {
    const opening = kind.open(services);
    const resource = await within(opening, services.clock);
    if (resource !== LATE) return resource;
    void opening.then((late) => closeOne(kind, late)).catch(() => {});
    throw new VigieError('tool-hung', `what ${kind.kind} checks share could not be opened in ${RESOURCE_WITHIN_MS} ms`);
  }

  async function closeOne(kind: Kind, resource: unknown): Promise<void> {
    try {
      if ((await within(kind.close(resource), services.clock)) !== LATE) return;
      services.log.error({ kind: kind.kind }, 'what a kind shares did not close in time; it is left behind');
    } catch (error) {
      services.log.error({ kind: kind.kind, error: messageOf(error) }, 'what a kind shares could not be closed');
    }
  }

  return {
    of(kind) {
      if (isClosed) return Promise.reject(new VigieError('shutdown', 'the engine is closing'));
      const known = opened.get(kind);
      if (known !== undefined) return known;
      const opening = open(kind);
      opened.set(kind, opening);
      // A resource that could not be opened is tried again by the next run, not remembered as broken.
      opening.catch(() => opened.delete(kind));
      return opening;
    },
    async close() {
      isClosed = true;
      for (const [kind, opening] of [...opened].reverse()) {
        // One that never opened has nothing to close; its runs have told why.
        const outcome = await opening.then(
          (resource) => ({ resource }),
          () => undefined,
        );
        if (outcome !== undefined) await closeOne(kind, outcome.resource);
      }
      opened.clear();
    },
  };
}

const LATE = Symbol('late');

async function within<T>(work: Promise<T>, clock: KindServices['clock']): Promise<T | typeof LATE> {
  const { promise, resolve } = Promise.withResolvers<typeof LATE>();
  const cancel = clock.schedule(RESOURCE_WITHIN_MS, () => resolve(LATE));
  try {
    return await Promise.race([work, promise]);
  } finally {
    cancel();
  }
}
