import { readFile } from 'node:fs/promises';
import { listPids } from '../../process/proc.ts';

/** Living processes below one, however deep. */
export async function descendantsOf(root: number): Promise<readonly number[]> {
  const parents = new Map(
    await Promise.all((await listPids()).map(async (pid) => [pid, await parentOf(pid)] as const)),
  );
  const isBelow = (pid: number): boolean => {
    for (let above = parents.get(pid); above !== undefined && above > 0; above = parents.get(above)) {
      if (above === root) return true;
    }
    return false;
  };
  return [...parents.keys()].filter(isBelow);
}

async function parentOf(pid: number): Promise<number | undefined> {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    // Gone since it was listed.
    return undefined;
  }
}
