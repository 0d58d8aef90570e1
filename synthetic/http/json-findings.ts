import { isDeepStrictEqual } from 'node:util';
import type { JSONPathNode } from 'json-p3';
import { messageOf } from '../../core/errors.ts';
import { PATTERN_LIMIT_MS, showPattern, withinPatternLimit } from '../net/patterns.ts';
import { safeText } from '../net/text.ts';
import type { Finding } from './findings.ts';
import type { CompiledJson } from './prepare.ts';

type Value = JSONPathNode['value'];

/** Expectations about a body that should be JSON. `cut` says why the body is incomplete, if it is. */
export function judgeJson(text: string, rules: readonly CompiledJson[], cut: string): readonly Finding[] {
  if (cut !== '') return [{ expected: 'body is JSON', undecided: `it is incomplete${cut}` }];
  const document = parse(text);
  if ('problem' in document) {
    const actual = `${document.problem}: ${text === '' ? 'an empty body' : `'${safeText(text, 120)}'`}`;
    return [{ ok: false, expected: 'body is JSON', actual }];
  }
  return rules.map((rule) => judgeRule(document.value, rule));
}

function judgeRule(document: Value, compiled: CompiledJson): Finding {
  const { rule, query } = compiled;
  const expected = describe(compiled);
  const { holder } = compiled;
  // `$.data.error` is missing from `{}` as well, and from every answer that has nothing to do with it.
  if (holder !== undefined && holder.match(document) === undefined)
    return { expected, undecided: `there is no ${holder.toString()} in this body that could lack it` };
  try {
    let values: readonly Value[] = [];
    let ok = false;
    const judge = (): void => {
      values = query.query(document).values();
      ok = holds(values, compiled);
    };
    // `match()` and `search()` of RFC 9535 are regular expressions too.
    const isPlain = compiled.pattern === undefined && !rule.path.includes('(');
    if (isPlain) judge();
    else if (!withinPatternLimit(judge)) return { expected, undecided: `it was stopped after ${PATTERN_LIMIT_MS} ms` };
    return { ok, expected, actual: values.length === 0 ? 'nothing' : safeText(values.map(show).join(', '), 200) };
  } catch (error) {
    return { expected, undecided: `${rule.path} cannot be followed in this body: ${messageOf(error)}` };
  }
}

function holds(values: readonly Value[], { rule, pattern }: CompiledJson): boolean {
  const { exists, atLeast, atMost, oneOf } = rule;
  if (exists !== undefined && exists !== values.length > 0) return false;
  if (exists === false) return true;
  return (
    values.length > 0 &&
    values.every(
      (value) =>
        (!('equals' in rule) || rule.equals === undefined || isDeepStrictEqual(value, rule.equals)) &&
        (oneOf === undefined || oneOf.some((one) => isDeepStrictEqual(value, one))) &&
        (pattern === undefined || (isScalar(value) && pattern.test(String(value)))) &&
        (atLeast === undefined || (typeof value === 'number' && value >= atLeast)) &&
        (atMost === undefined || (typeof value === 'number' && value <= atMost)),
    )
  );
}

function isScalar(value: Value): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function describe({ rule }: CompiledJson): string {
  const { exists, equals, oneOf, matches, atLeast, atMost } = rule;
  const wishes = [
    exists === undefined ? '' : exists ? 'present' : 'absent',
    equals === undefined ? '' : show(equals),
    oneOf === undefined ? '' : `one of ${oneOf.map(show).join(', ')}`,
    matches === undefined ? '' : `matching ${showPattern(matches)}`,
    atLeast === undefined ? '' : `at least ${atLeast}`,
    atMost === undefined ? '' : `at most ${atMost}`,
  ];
  return safeText(`${rule.path} is ${wishes.filter((wish) => wish !== '').join(' and ')}`, 300);
}

function show(value: unknown): string {
  return safeText(JSON.stringify(value) ?? 'undefined', 100);
}

function parse(text: string): { readonly value: Value } | { readonly problem: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: `not JSON (${safeText(messageOf(error), 100)})` };
  }
}
