import { readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import type { RunContext } from '../../core/kind.ts';
import type { Artefact, ArtefactKind } from '../../core/observation.ts';
import type { ProcessEnding } from '../../process/ending.ts';
import { scrubFile } from '../scrub-archive.ts';
import type { SpecFiles } from './arguments.ts';
import type { ReportLine } from './report-lines.ts';

type Source = { readonly kind: ArtefactKind; readonly from: string; readonly file: string; readonly mediaType: string };

type Keeper = Pick<RunContext, 'secrets' | 'artefactFolder'>;

const MOST_ATTACHMENTS = 20;

/** Keeps the report, the output of Playwright, and what failed tests attached; all text and archives freed of secrets. */
export async function collectArtefacts(
  ending: Pick<ProcessEnding, 'stdout' | 'stderr'>,
  lines: readonly ReportLine[],
  files: SpecFiles,
  context: Keeper,
): Promise<{ readonly artefacts: readonly Artefact[]; readonly dropped: readonly string[] }> {
  const artefacts: Artefact[] = [];
  const dropped: string[] = [];
  if (lines.length > 0) artefacts.push(await keepText(files.report, 'report', 'report.ndjson', context));
  const output = `${ending.stdout}\n${ending.stderr}`.trim();
  if (output !== '') artefacts.push(await writeText(output, 'log', 'playwright.log', context));
  for (const source of attachmentsOf(lines, files)) {
    try {
      // A link in the output may lead anywhere, too.
      if (!isBelow(await realpath(files.output), await realpath(source.from)))
        throw new RangeError('it leads out of the output of the run');
      artefacts.push(await keep(source, context));
    } catch (error) {
      dropped.push(`${source.file}: ${context.secrets.scrub(messageOf(error))}`);
    }
  }
  return { artefacts, dropped };
}

function attachmentsOf(lines: readonly ReportLine[], files: SpecFiles): readonly Source[] {
  const failed = lines.filter((line) => line.type === 'test').filter(({ outcome }) => outcome === 'unexpected');
  const found = failed.flatMap(({ attachments }) => attachments);
  // Only what the run itself wrote: an attachment may name any file of the machine.
  const own = found.filter(({ path }) => isBelow(files.output, path));
  return own.slice(0, MOST_ATTACHMENTS).flatMap(({ path, contentType }, index): readonly Source[] => {
    switch (contentType) {
      case 'image/png':
        return [{ kind: 'screenshot', from: path, file: `attachment-${index}.png`, mediaType: contentType }];
      case 'application/zip':
        return [{ kind: 'trace', from: path, file: `attachment-${index}.zip`, mediaType: contentType }];
      case 'text/plain':
      case 'text/markdown':
        return [{ kind: 'raw', from: path, file: `attachment-${index}.txt`, mediaType: 'text/plain' }];
      default:
        return [];
    }
  });
}

function isBelow(folder: string, path: string): boolean {
  return resolve(path).startsWith(folder + sep);
}

async function keep({ kind, from, file, mediaType }: Source, context: Keeper): Promise<Artefact> {
  if (mediaType === 'text/plain') return keepText(from, kind, file, context);
  const to = join(await context.artefactFolder(), file);
  if (kind === 'screenshot') {
    await writeFile(to, await readFile(from));
  } else {
    const problem = await scrubFile({ from, to, isArchive: true, known: [...context.secrets.known()] });
    if (problem !== undefined) throw new Error(`it could not be freed of secrets: ${problem}`);
  }
  return { kind, file, mediaType, sizeBytes: (await stat(to)).size };
}

async function keepText(from: string, kind: ArtefactKind, file: string, context: Keeper): Promise<Artefact> {
  return writeText(await readFile(from, 'utf8'), kind, file, context);
}

async function writeText(text: string, kind: ArtefactKind, file: string, context: Keeper): Promise<Artefact> {
  const scrubbed = context.secrets.scrub(text);
  await writeFile(join(await context.artefactFolder(), file), scrubbed);
  const mediaType = file.endsWith('.ndjson') ? 'application/x-ndjson' : 'text/plain';
  return { kind, file, mediaType, sizeBytes: Buffer.byteLength(scrubbed) };
}
