import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { ownerFromText, ownerState, ownerToText, thisOwner } from '../../process/owner.ts';

/** Where the reference target listens, and the token of its fault switches. */
export type DemoAddress = { readonly frontend: string; readonly api: string; readonly adminToken: string };

/** `data/demo.json`, by which `npm run fault` finds the target. It belongs to one `npm start` as long as that runs. */
export type AddressFile = {
  publish(address: DemoAddress): void;
  /** Removes it, if it is still ours. */
  release(): void;
};

export type Claim =
  | ({ readonly isOurs: true } & AddressFile)
  /** Another `npm start` that runs uses this folder. */
  | { readonly isOurs: false; readonly pid: number };

const shape = z.object({
  owner: z.string(),
  frontend: z.string().optional(),
  api: z.string().optional(),
  adminToken: z.string().optional(),
});

/** Takes the file before anything is started; one that a killed `npm start` left behind is replaced. */
export function claimAddressFile(file: string): Claim {
  const owner = ownerToText(thisOwner());
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify({ owner }), { flag: 'wx', mode: 0o600 });
      return { isOurs: true, publish: (address) => publish(file, owner, address), release: () => release(file, owner) };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = ownerFromText(readFile(file)?.owner ?? '');
    if (holder !== undefined && ownerState(holder) === 'alive') return { isOurs: false, pid: holder.pid };
    rmSync(file, { force: true });
  }
}

/** The address of the target that runs; undefined when none does, or when it is not ready yet. */
export function readAddress(file: string): Omit<DemoAddress, 'frontend'> | undefined {
  const { api, adminToken } = readFile(file) ?? {};
  return api === undefined || adminToken === undefined ? undefined : { api, adminToken };
}

/** Moved into place whole: nobody reads half of it. */
function publish(file: string, owner: string, address: DemoAddress): void {
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, JSON.stringify({ owner, ...address }), { mode: 0o600 });
  renameSync(beside, file);
}

function release(file: string, owner: string): void {
  if (readFile(file)?.owner === owner) rmSync(file, { force: true });
}

function readFile(file: string): z.output<typeof shape> | undefined {
  try {
    return shape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Not there, or not from an `npm start` of today: nobody holds it.
    return undefined;
  }
}
