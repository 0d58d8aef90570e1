import { realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, sep } from 'node:path';
import { z } from 'zod';
import { type Diagnostic, messageOf } from '../core/errors.ts';
import { withoutComments } from './rc-comments.ts';
import { explain } from './rc-problems.ts';
import { rcFile } from './rc-sections.ts';
import { type JsonFile, readJson } from './read-json.ts';

/** What stands below `ci`, and all that is wrong with the file. */
export type RcFile = { readonly sections: Sections; readonly problems: readonly Diagnostic[] };
export type Sections = Readonly<Record<string, unknown>>;

/** Reads one file, without what it extends. JSON is read here; other formats by Lighthouse CI's own loader. */
export async function readRcFile(file: string, lhci: string): Promise<RcFile> {
  try {
    const { value: loaded, problems } = await loadFile(file, lhci);
    const value = withoutComments(loaded);
    const parsed = rcFile.safeParse(value);
    const root = asRecord(value);
    const wrong = parsed.success ? [] : explain(parsed.error, { file });
    return { sections: sectionsOf(root), problems: [...problems, ...wrong, ...rootProblems(root, file)] };
  } catch (error) {
    const hint = 'check it with `npx lhci healthcheck`';
    const message = `cannot be read: ${messageOf(error)}`;
    return { sections: {}, problems: [{ file, path: '', message, hint }] };
  }
}

async function loadFile(file: string, lhci: string): Promise<JsonFile> {
  if (!/^\.(?:c?js|ya?ml)$/i.test(extname(file))) return readJson(file);
  // YAML and JavaScript: the loader of the Lighthouse CI that will run, so that both read the same.
  const lhciRequire = createRequire(await realpath(lhci));
  const load = lhciRequire('@lhci/utils/src/lighthouserc.js');
  if (/js$/i.test(file)) forget(await realpath(file), lhciRequire.cache);
  return { value: z.object({ loadRcFile: loader }).parse(load).loadRcFile(file), problems: [] };
}

/** A program may have changed since the last run, and so may those that it loads: each run of Lighthouse CI loads all of them anew. */
function forget(file: string, cache: NodeJS.Require['cache']): void {
  const children = cache[file]?.children ?? [];
  Reflect.deleteProperty(cache, file);
  // Whoever loaded it holds it as well, and would hold each of its versions.
  for (const one of Object.values(cache)) {
    const at = one?.children.findIndex(({ filename }) => filename === file) ?? -1;
    if (at >= 0) one?.children.splice(at, 1);
  }
  for (const { filename } of [...children]) if (!filename.includes(`${sep}node_modules${sep}`)) forget(filename, cache);
}

const loader = z.custom<(path: string) => unknown>((value) => typeof value === 'function');

/** Keys of the sections, in the order of Lighthouse CI: what stands under a later one replaces that of an earlier one. */
const ROOTS = ['ci', 'lhci', 'ci:client', 'ci:server'] as const;

function sectionsOf(root: Sections): Sections {
  const sections = ROOTS.flatMap((name) => Object.entries(asRecord(root[name])));
  // A section that a program leaves undefined hides none of a file that it extends.
  return Object.fromEntries(sections.filter(([, section]) => section !== undefined));
}

function rootProblems(root: Sections, file: string): readonly Diagnostic[] {
  const used = ROOTS.filter((name) => root[name] !== undefined);
  if (used.length === 0 && Object.hasOwn(root, 'default')) {
    const message = 'has a default export, which Lighthouse CI does not read';
    return [{ file, path: '', message, hint: 'write module.exports = { ci: { … } } in a file that ends in .cjs' }];
  }
  if (used.length === 0) {
    return [{ file, path: '', message: "no key 'ci'", hint: 'write { "ci": { "collect": … } }' }];
  }
  return used.flatMap((name, index) =>
    Object.keys(asRecord(root[name])).flatMap((section) => {
      const earlier = used.slice(0, index).find((other) => Object.hasOwn(asRecord(root[other]), section));
      if (earlier === undefined) return [];
      const message = `'${section}' stands in '${earlier}' too, where Lighthouse CI would ignore it in silence`;
      return [{ file, path: `${name}.${section}`, message, hint: 'keep one of them' }];
    }),
  );
}

export function asRecord(value: unknown): Sections {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
