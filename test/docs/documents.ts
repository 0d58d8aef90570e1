import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');

/** A document by its path from the root. */
export type Page = { readonly path: string; readonly text: string };
export type Block = { readonly language: string; readonly text: string };
export type Row = readonly string[];

/** Every document that users and contributors read. */
export function readDocuments(): readonly Page[] {
  const inDocs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  );
  const paths = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...inDocs.map((name) => join('docs', name)).sort()];
  return paths.map((path) => readDocument(path));
}

export function readDocument(path: string): Page {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

/** Fenced blocks with what stands behind the fence, e.g. `ts complete`. */
export function blocksOf({ text }: Page): readonly Block[] {
  return [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: (match[1] ?? '').trim(),
    text: match[2] ?? '',
  }));
}

/** The document without its fenced blocks. */
export function proseOf({ text }: Page): string {
  return text.replace(/^```.*\n[\s\S]*?^```$/gm, '');
}

/** The rows of the table that follows a mark such as `<!-- options: http -->`, without its head; undefined without that mark. */
export function tableAfter({ text }: Page, mark: string): readonly Row[] | undefined {
  const at = text.indexOf(`<!-- ${mark} -->`);
  if (at < 0) return undefined;
  const lines = text.slice(at).split('\n').slice(1);
  const first = lines.findIndex((line) => line.startsWith('|'));
  const rest = lines.slice(first);
  const end = rest.findIndex((line) => !line.startsWith('|'));
  return rest.slice(2, end < 0 ? undefined : end).map(cellsOf);
}

/** Every table row of a document, heads included. */
export function rowsOf(page: Page): readonly Row[] {
  return proseOf(page)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map(cellsOf);
}

/** Texts in backticks. */
export function codeIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
}

function cellsOf(line: string): Row {
  const inner = line.replace(/^\|/, '').replace(/\|\s*$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}
