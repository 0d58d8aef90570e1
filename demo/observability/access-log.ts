import { createWriteStream } from 'node:fs';

type AccessEntry = {
  readonly time: string;
  readonly level: 'info' | 'error';
  readonly service: 'api' | 'frontend';
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  readonly trace_id: string;
  readonly span_id: string;
};

export type AccessLog = { write(entry: AccessEntry): void; close(): Promise<void> };

/** One JSON object a line, with the trace's id, so that a log shipper can join logs and traces. */
export function openAccessLog(file: string | undefined): AccessLog {
  if (file === undefined) return { write() {}, close: async () => {} };
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  stream.on('error', (error) => process.stderr.write(`demo: cannot write the access log ${file}: ${error.message}\n`));
  return {
    write: (entry) => void stream.write(`${JSON.stringify(entry)}\n`),
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}
