import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunContext } from '../core/kind.ts';
import type { Artefact } from '../core/observation.ts';
import type { ProcessEnding } from '../process/ending.ts';
import type { SummaryResult } from './parse.ts';

type Draft = Pick<Artefact, 'kind' | 'file' | 'mediaType'> & { readonly text: string };

/** Keeps what k6 wrote, free of secrets: its summary (or the beginning of one that cannot be read), log and output. */
export async function keepArtefacts(
  ending: ProcessEnding,
  summary: SummaryResult,
  { artefactFolder, secrets }: Pick<RunContext, 'artefactFolder' | 'secrets'>,
): Promise<readonly Artefact[]> {
  const drafts: readonly Draft[] = [
    ...summaryDrafts(summary),
    { kind: 'log', file: 'k6.log', mediaType: 'application/x-ndjson', text: ending.stderr },
    { kind: 'report', file: 'k6-output.txt', mediaType: 'text/plain; charset=utf-8', text: ending.stdout },
  ];
  const filled = drafts.filter(({ text }) => text !== '');
  if (filled.length === 0) return [];
  const folder = await artefactFolder();
  return Promise.all(
    filled.map(async ({ text, ...artefact }) => {
      const content = Buffer.from(secrets.scrub(text));
      await writeFile(join(folder, artefact.file), content, { mode: 0o600 });
      return { ...artefact, sizeBytes: content.length };
    }),
  );
}

function summaryDrafts(summary: SummaryResult): readonly Draft[] {
  if (summary.read)
    return [{ kind: 'summary', file: 'k6-summary.json', mediaType: 'application/json', text: summary.text }];
  if (summary.head === undefined) return [];
  return [
    { kind: 'raw', file: 'k6-summary.unreadable.txt', mediaType: 'text/plain; charset=utf-8', text: summary.head },
  ];
}
