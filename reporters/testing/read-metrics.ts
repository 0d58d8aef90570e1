import { execFile } from 'node:child_process';

/** Lines of one metric, e.g. `series(text, 'probe_success')`. */
export function series(text: string, name: string): readonly string[] {
  return text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

/** What `promtool check metrics` says. */
export function lint(promtool: string, text: string): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    const child = execFile(promtool, ['check', 'metrics'], { timeout: 20_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : 1, output: stdout + stderr }),
    );
    child.stdin?.end(text);
  });
}
