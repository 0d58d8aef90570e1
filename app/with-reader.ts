import { VigieError } from '../core/errors.ts';
import type { Plan } from '../core/plan.ts';
import type { StoreReader } from '../core/store.ts';
import { openReader } from '../results/open-reader.ts';

/** Lends a reader of the plan's data folder; works beside a running daemon. */
export function withReader<T>({ settings }: Plan, use: (reader: StoreReader) => T): T {
  const reader = openReader({ folder: settings.dataFolder });
  try {
    return use(reader);
  } finally {
    reader.close();
  }
}

/** The same for commands that show history; `undefined` when nothing was ever recorded, which is no mistake of the configuration. */
export function withHistory<T>(plan: Plan, use: (reader: StoreReader) => T): T | undefined {
  try {
    return withReader(plan, use);
  } catch (error) {
    if (error instanceof VigieError && error.code === 'store-missing') return undefined;
    throw error;
  }
}

export const NO_HISTORY = 'nothing was recorded yet: run `vigie start`, or `vigie run` for a first look';
