import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { type Edge, findCycles } from './graph.ts';
import { readImports } from './read-imports.ts';
import type { FolderRule } from './rules.ts';

export type ImportReport = { readonly files: number; readonly imports: number; readonly violations: readonly string[] };

const SOURCE = /\.(ts|mts|mjs|js)$/;
const NOT_OURS = new Set([
  'node_modules',
  'dist',
  'data',
  'logs',
  '.git',
  '.cache',
  'test-results',
  'playwright-report',
]);

/** Reads every source file below `root` and reports what the rules forbid: cycles, folder boundaries, content. */
export function findViolations(root: string, rules: readonly FolderRule[]): ImportReport {
  const files = listSources(root, '.');
  const edges = files.flatMap((file) => edgesOf(root, file));
  const violations = [
    ...missing(root, edges),
    ...edges.flatMap((edge) => breachOf(edge, rules)),
    ...findCycles(edges).map((cycle) => describeCycle('files', cycle)),
    ...findCycles(folderEdges(edges)).map((cycle) => describeCycle('folders', cycle)),
  ];
  return { files: files.length, imports: edges.length, violations };
}

function listSources(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = normalize(join(folder, entry.name));
    if (entry.isDirectory()) return isOurs(path, entry.name) ? listSources(root, path) : [];
    return SOURCE.test(entry.name) && !entry.name.endsWith('.d.mts') ? [path] : [];
  });
}

/** Fixtures of tests are programs of their own, some of them wrong on purpose. */
function isOurs(path: string, name: string): boolean {
  return !NOT_OURS.has(name) && path !== join('test', 'fixtures');
}

function edgesOf(root: string, file: string): readonly Edge[] {
  return readImports(readFileSync(join(root, file), 'utf8'))
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier, line }) => {
      return {
        from: file,
        to: normalize(join(dirname(file), specifier.replace(/\?.*$/, ''))),
        place: `${file}:${line}`,
      };
    });
}

function missing(root: string, edges: readonly Edge[]): readonly string[] {
  return edges
    .filter((edge) => !existsSync(join(root, edge.to)))
    .map((edge) => `${edge.place} -> ${edge.to}: there is no such file; name it with its extension`);
}

function breachOf({ from, to, place }: Edge, rules: readonly FolderRule[]): readonly string[] {
  const importer = ruleFor(from, rules);
  const imported = ruleFor(to, rules);
  if (importer === undefined)
    return [`${place}: the folder ${dirname(from)} has no rule; add one to tools/imports/rules.ts`];
  if (imported === undefined)
    return [`${place} -> ${to}: it lies in no folder that has a rule in tools/imports/rules.ts`];
  if (importer === imported) return [];
  if (imported.isContent && !importer.isContent) {
    return [`${place} -> ${to}: ${imported.folder} is content, which the engine never imports; take it as a parameter`];
  }
  if (importer.may === 'all' || importer.may.includes(imported.folder)) return [];
  if (imported.servesTests && SUPPORT.test(from) && importer.may.length > 0) return [];
  const allowed = importer.may.length === 0 ? 'nothing of ours' : importer.may.join(', ');
  return [`${place} -> ${to}: ${importer.folder} may import ${allowed}; take what you need as a parameter`];
}

function ruleFor(file: string, rules: readonly FolderRule[]): FolderRule | undefined {
  const fitting = rules.filter(({ folder }) =>
    folder === '.' ? dirname(file) === '.' : file.startsWith(`${folder}/`),
  );
  return fitting.toSorted((a, b) => b.folder.length - a.folder.length)[0];
}

/** Tests and what serves them stand beside the source but are not part of it: they do not tie folders together. */
const SUPPORT = /\.(test|contract|bench|fixture)\.[a-z]+$|(^|\/)(fixtures|testing)\//;

function folderEdges(edges: readonly Edge[]): readonly Edge[] {
  return edges
    .filter(({ from }) => !SUPPORT.test(from))
    .map(({ from, to, place }) => ({ from: dirname(from), to: dirname(to), place: `${place} -> ${to}` }))
    .filter(({ from, to }) => !isInside(from, to) && !isInside(to, from));
}

/** A folder inside another is a part of it, not a neighbour: what passes between the two ties no folders together. */
function isInside(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}

function describeCycle(what: 'files' | 'folders', cycle: readonly Edge[]): string {
  const round = [...cycle.map(({ from }) => from), cycle[0]?.from].join(' -> ');
  return [
    `cycle of ${what}: ${round}`,
    ...cycle.map(({ place, to }) => `    ${place}${what === 'files' ? ` -> ${to}` : ''}`),
  ].join('\n');
}
