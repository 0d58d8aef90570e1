import { readFileSync } from 'node:fs';
import { parseStat, readKernelUnits } from '../../process/proc.ts';
import { CannotMeasure } from '../row.ts';

/** CPU milliseconds that a process has used until now: all of its threads, and the children it has waited for. */
export function cpuMsOf(pid: number | 'self'): number {
  const stat = parseStat(readText(`/proc/${pid}/stat`));
  if (stat === undefined) throw new CannotMeasure(`there is no process ${pid}`);
  return stat.cpuTicks * readKernelUnits().tickMs;
}

/** The same of a process that may have ended by now. */
export function livingCpuMs(pid: number): number | undefined {
  try {
    return cpuMsOf(pid);
  } catch (error) {
    if (error instanceof CannotMeasure) return undefined;
    throw error;
  }
}

/** Its memory in bytes: what is resident now, and the most that ever was. */
export function memoryOf(pid: number): { readonly rssBytes: number; readonly peakBytes: number } {
  const status = readText(`/proc/${pid}/status`);
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1_024;
  return { rssBytes: field('VmRSS'), peakBytes: field('VmHWM') };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CannotMeasure(`this row reads ${path}, which only a living process on Linux has`, { cause: error });
  }
}
