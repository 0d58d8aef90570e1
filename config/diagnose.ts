import { z } from 'zod';
import type { Diagnostic } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';

type Issue = z.core.$ZodIssue;

/** Turns what a schema found into diagnostics with path, value got and, for mistyped keys, a suggestion. `alsoKnown` are keys another schema takes at the same place. */
export function diagnose(
  error: z.ZodError,
  schema: z.ZodType,
  path: string,
  alsoKnown: readonly string[] = [],
): readonly Diagnostic[] {
  return error.issues.flatMap((issue) => diagnoseIssue(issue, schema, path, alsoKnown));
}

function diagnoseIssue(
  issue: Issue,
  schema: z.ZodType,
  path: string,
  alsoKnown: readonly string[],
): readonly Diagnostic[] {
  const where = joinPath(path, issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) =>
        unknownKey(key, where, [...knownKeys(schema, issue.path), ...(issue.path.length === 0 ? alsoKnown : [])]),
      );
    case 'invalid_union':
      return diagnoseUnion(issue, schema, path);
    default:
      return [{ path: where, message: `${issue.message}${got(issue)}` }];
  }
}

function unknownKey(key: string, where: string, known: readonly string[]): Diagnostic {
  const near = suggest(key, known);
  const hint = near === undefined ? `known: ${known.join(', ')}` : `did you mean '${near}'?`;
  return { path: where === '' ? key : `${where}.${key}`, message: `unknown key '${key}'`, hint };
}

/** Of a union the member that came nearest explains best: the deepest issues, then the fewest, then those that say more than "another type". */
function diagnoseUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  schema: z.ZodType,
  path: string,
): readonly Diagnostic[] {
  const depth = (issues: readonly Issue[]): number => Math.max(0, ...issues.map((one) => one.path.length));
  const types = (issues: readonly Issue[]): number => issues.filter(({ code }) => code === 'invalid_type').length;
  const best = [...issue.errors].sort((a, b) => depth(b) - depth(a) || a.length - b.length || types(a) - types(b))[0];
  const where = joinPath(path, issue.path);
  if (!best || best.length === 0) return [{ path: where, message: `${issue.message}${got(issue)}` }];
  return best.flatMap((one) => diagnoseIssue({ ...one, path: [...issue.path, ...one.path] }, schema, path, []));
}

function got(issue: Issue): string {
  if (issue.message.includes('got ') || issue.message.includes('received')) return '';
  return issue.input === undefined ? '' : ` (got ${show(issue.input)})`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function joinPath(path: string, more: readonly PropertyKey[]): string {
  return more.reduce<string>((joined, key) => {
    if (typeof key === 'number') return `${joined}[${key}]`;
    return joined === '' ? String(key) : `${joined}.${String(key)}`;
  }, path);
}

type JsonSchema = { readonly properties?: Readonly<Record<string, unknown>>; readonly [key: string]: unknown };

/** The keys a schema knows at a path, read from its JSON Schema, which is the public way to look into a schema. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  let nodes: readonly unknown[] = [root];
  for (const key of path) nodes = nodes.flatMap((node) => children(node, key));
  return [...new Set(nodes.flatMap(variants).flatMap((node) => Object.keys(node.properties ?? {})))];
}

function children(node: unknown, key: PropertyKey): readonly unknown[] {
  return variants(node).flatMap((variant) => {
    if (typeof key === 'number') return variant.items === undefined ? [] : [variant.items];
    const property = variant.properties?.[String(key)];
    const more = variant.additionalProperties;
    if (property !== undefined) return [property];
    return typeof more === 'object' && more !== null ? [more] : [];
  });
}

function variants(node: unknown): readonly JsonSchema[] {
  if (!isSchema(node)) return [];
  const alternatives = [node.anyOf, node.oneOf, node.allOf].filter((list) => Array.isArray(list)).flat();
  return [node, ...alternatives.flatMap(variants)];
}

function isSchema(node: unknown): node is JsonSchema {
  return typeof node === 'object' && node !== null;
}
