import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '../core/fake-clock.ts';
import { SILENT_LOG } from '../core/log.ts';
import { openReader } from './open-reader.ts';
import { openStore } from './open-store.ts';
import { storeContract } from './store.contract.ts';
import type { StoreUnderTest } from './store-under-test.ts';

storeContract('SQLite', () => openAt(mkdtempSync(join(tmpdir(), 'vigie-store-'))));

async function openAt(folder: string): Promise<StoreUnderTest> {
  const store = await openStore({ folder, log: SILENT_LOG, clock: new FakeClock(), gatherMs: 0 });
  const reader = openReader({ folder });
  let reopened: StoreUnderTest | undefined;
  const end = async (): Promise<void> => {
    reader.close();
    await store.close();
  };
  return {
    store,
    reader,
    reopen: async () => {
      await end();
      reopened = await openAt(folder);
      return reopened;
    },
    close: async () => {
      await (reopened?.close() ?? end());
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
