import { watch } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessEnding } from '../process/ending.ts';
import { runProcess } from '../process/run-process.ts';
import { type CollectRequest, collectCommand, collectConfig, collectEnvironment } from './arguments.ts';
import { isUnreadable, parseReport, type Report, type Unreadable } from './parse.ts';
import { layOutPuppeteer } from './puppeteer-script.ts';

/** How to run one `lhci collect`. */
export type CollectOptions = {
  readonly lhci: string;
  readonly request: CollectRequest;
  /** An empty folder of its own: Lighthouse CI deletes what it finds in `.lighthouseci`. */
  readonly cwd: string;
  readonly tempFolder: string;
  readonly deadlineMs: number;
  readonly killGraceMs: number;
  readonly signal: AbortSignal;
  /** Called when an audit has ended, with how many have. */
  readonly onAudit: (done: number) => void;
};

/** One result file as Lighthouse CI wrote it. */
export type StoredReport = {
  readonly file: string;
  /** Beside it, when Lighthouse CI wrote one. */
  readonly htmlFile: string;
  readonly text: string;
  readonly parsed: Report | Unreadable;
};

export type Collected = {
  readonly process: ProcessEnding;
  readonly reports: readonly StoredReport[];
  /** Times that Lighthouse CI started Lighthouse; more than there are results means that it tried again in silence. */
  readonly attempts: number;
};

/** A result is about 0.5 MB; one of another size than this is not read into memory. */
const MAX_REPORT_BYTES = 64 * 1024 * 1024;

/** Runs `lhci collect` in a folder of its own and reads what it wrote. Never throws for anything the tool does. */
export async function collect(options: CollectOptions): Promise<Collected> {
  const { cwd, request } = options;
  const results = join(cwd, '.lighthouseci');
  await mkdir(results, { recursive: true, mode: 0o700 });
  await writeFile(join(cwd, 'lighthouserc.json'), JSON.stringify(collectConfig(request)), { mode: 0o600 });
  await layOutPuppeteer(request.rc, cwd);
  const counter = countAttempts(results);
  try {
    const process = await runLhci(options);
    return { process, reports: await readReports(results), attempts: counter.seen() };
  } finally {
    counter.stop();
  }
}

function runLhci(options: CollectOptions): Promise<ProcessEnding> {
  let done = 0;
  return runProcess({
    ...collectCommand(options.lhci),
    cwd: options.cwd,
    env: collectEnvironment(options.request.chromium, options.tempFolder),
    deadlineMs: options.deadlineMs,
    killGraceMs: options.killGraceMs,
    signal: options.signal,
    recordIn: options.tempFolder,
    onStdoutLine: (line) => {
      if (!/^Run #\d+\.\.\.done\./.test(line)) return;
      done += 1;
      options.onAudit(done);
    },
  });
}

/** Lighthouse CI writes `flags-<uuid>.json` for each start of Lighthouse and removes it afterwards; nothing else tells of its retries. */
function countAttempts(folder: string): { readonly seen: () => number; readonly stop: () => void } {
  const names = new Set<string>();
  try {
    const watcher = watch(folder, (_, name) => {
      if (name !== null && /^flags-.+\.json$/.test(name)) names.add(name);
    });
    watcher.on('error', () => watcher.close());
    return { seen: () => names.size, stop: () => watcher.close() };
  } catch {
    // The system has no watcher left: the retries stay unknown, the audit itself is not touched.
    return { seen: () => 0, stop: () => undefined };
  }
}

async function readReports(folder: string): Promise<readonly StoredReport[]> {
  const names = (await readdir(folder)).filter((name) => /^lhr-\d+\.json$/.test(name)).sort();
  const reports: StoredReport[] = [];
  // One after the other: each is parsed in one go, and nothing else should wait for all of them.
  for (const name of names) reports.push(await readReport(join(folder, name)));
  return reports;
}

async function readReport(file: string): Promise<StoredReport> {
  const htmlFile = file.replace(/json$/, 'html');
  const { size } = await stat(file);
  if (size > MAX_REPORT_BYTES) {
    return {
      file,
      htmlFile,
      text: '',
      parsed: { problem: `the result has ${size} bytes, more than ${MAX_REPORT_BYTES}` },
    };
  }
  const text = await readFile(file, 'utf8');
  return { file, htmlFile, text, parsed: parseReport(text) };
}

export function isReadable(report: StoredReport): report is StoredReport & { readonly parsed: Report } {
  return !isUnreadable(report.parsed);
}
