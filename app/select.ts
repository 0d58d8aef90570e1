import type { Check } from '../core/check.ts';
import { suggest } from '../core/suggest.ts';

export type Selection = { readonly checks: readonly Check[]; readonly problems: readonly string[] };
export type SelectionInput = { readonly ids: readonly string[]; readonly tags: readonly string[] };

/** Checks by id and tag. Without either: all that have a schedule. A name that matches nothing is a problem, never silently ignored. */
export function selectChecks(all: readonly Check[], { ids, tags }: SelectionInput): Selection {
  const known = { ids: all.map((check) => check.id), tags: [...new Set(all.flatMap((check) => check.tags))] };
  const problems = [
    ...ids.filter((id) => !known.ids.some((other) => other === id)).map((id) => notFound('check', id, known.ids)),
    ...tags.filter((tag) => !known.tags.includes(tag)).map((tag) => notFound('tag', tag, known.tags)),
  ];
  const checks = all.filter((check) => {
    if (ids.length > 0) return ids.includes(check.id) && hasOneOf(check, tags);
    return check.schedule.type !== 'manual' && hasOneOf(check, tags);
  });
  if (checks.length > 0 || problems.length > 0) return { checks, problems };
  return { checks, problems: ['nothing selected: no check matches; `vigie plan` lists them'] };
}

function hasOneOf(check: Check, tags: readonly string[]): boolean {
  return tags.length === 0 || check.tags.some((tag) => tags.includes(tag));
}

function notFound(what: string, name: string, known: readonly string[]): string {
  const near = suggest(name, known);
  const hint = near === undefined ? `known: ${known.join(', ') || 'none'}` : `did you mean '${near}'?`;
  return `nothing selected: there is no ${what} '${name}' – ${hint}`;
}
