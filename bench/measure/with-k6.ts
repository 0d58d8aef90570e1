import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allowEnvironment } from '../../process/environment.ts';
import { runProcess } from '../../process/run-process.ts';
import { withTempFolder } from '../../process/temp-folder.ts';

type Beside = { readonly k6: string; readonly url: string; readonly signal: AbortSignal };

/** Enough that this machine has little CPU to spare, as in a load test of a target beside us. */
const SCRIPT = `import http from 'k6/http';
export const options = { vus: 20, duration: '1h' };
export default function () { http.get(__ENV.BENCH_URL); }
`;
const LONGEST_MS = 600_000;
/** k6 takes about this long until it sends its first request. */
const WARM_UP_MS = 1_500;

/** Does something while k6 sends as much as it can to another address of this machine. */
export function withK6<T>({ k6, url, signal }: Beside, work: () => Promise<T>): Promise<T> {
  return withTempFolder('bench-k6', async (folder) => {
    const script = join(folder, 'script.js');
    await writeFile(script, SCRIPT);
    const end = new AbortController();
    const running = runProcess({
      command: k6,
      args: ['run', '--quiet', '--no-usage-report', '--include-system-env-vars', script],
      env: allowEnvironment(['HOME'], { BENCH_URL: url }),
      deadlineMs: LONGEST_MS,
      killGraceMs: 2_000,
      recordIn: folder,
      signal: AbortSignal.any([signal, end.signal]),
    });
    const early = running.then((ending) => Promise.reject(new Error(`k6 ended by itself: ${ending.stderr}`)));
    try {
      return await Promise.race([begin(work), early]);
    } finally {
      early.catch(() => {});
      end.abort();
      await running;
    }
  });
}

async function begin<T>(work: () => Promise<T>): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  return work();
}
