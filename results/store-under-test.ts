import type { Store, StoreReader } from '../core/store.ts';

/** A store with nothing in it, and a reader of the same data. */
export type StoreUnderTest = {
  readonly store: Store;
  readonly reader: StoreReader;
  /** Closes the store and opens the same data again. */
  readonly reopen: () => Promise<StoreUnderTest>;
  readonly close: () => Promise<void>;
};
export type OpenUnderTest = () => Promise<StoreUnderTest>;
