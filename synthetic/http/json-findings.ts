import { messageOf } from '../../core/errors.ts';
import { PATTERN_LIMIT_MS, showPattern, withinPatternLimit } from '../net/patterns.ts';
import { safeText } from '../net/text.ts';
import { type ReadJson, readJson } from './exact-json.ts';
import type { Finding } from './findings.ts';
import { hasTwins, type JsonDocument, writtenAt } from './json-document.ts';
import type { CompiledJson } from './prepare.ts';
import { compareNumber, type Found, isSame, showFound } from './same-json.ts';

/** Expectations about a body that should be JSON. `cut` says why the body is incomplete, if it is. */
export function judgeJson(text: string, rules: readonly CompiledJson[], cut: string): readonly Finding[] {
  if (cut !== '') return [{ expected: 'body is JSON', undecided: `it is incomplete${cut}` }];
  const document = parse(text);
  if ('problem' in document) {
    const actual = `${document.problem}: ${text === '' ? 'an empty body' : `'${safeText(text, 120)}'`}`;
    return [{ ok: false, expected: 'body is JSON', actual }];
  }
  return rules.map((rule) => judgeBoth(document, rule));
}

/** Where a name comes twice in one object, readers differ in which they take: what holds for one of them only is not decided. */
function judgeBoth({ last, twice }: ReadJson, rule: CompiledJson): Finding {
  const finding = judgeRule(last, rule);
  if (twice === undefined || !('ok' in finding) || !finding.ok) return finding;
  const other = judgeRule(twice.first, rule);
  if ('ok' in other && other.ok) return finding;
  const names = safeText(twice.names.map((name) => `'${name}'`).join(', '), 200);
  return {
    expected: finding.expected,
    undecided: `an object of the body has ${names} twice, and readers differ in which they take`,
  };
}

function judgeRule(document: JsonDocument, compiled: CompiledJson): Finding {
  const { rule, query, holder } = compiled;
  const { '': value } = document.root;
  const expected = describe(compiled);
  // `$.data.error` is missing from `{}` as well, and from every answer that has nothing to do with it.
  if (holder !== undefined && holder.match(value) === undefined)
    return { expected, undecided: `there is no ${holder.toString()} in this body that could lack it` };
  const blurred = compiled.literals.find((literal) => document.rounded.has(literal));
  if (blurred !== undefined)
    return { expected, undecided: `a filter cannot tell ${blurred} from a number that is written with more digits` };
  // Rounding keeps the order of numbers, so that only those go wrong which become the same.
  if (compiled.comparesPlaces && hasTwins(document))
    return { expected, undecided: 'a filter cannot tell numbers from each other that are written with so many digits' };
  try {
    let found: readonly Found[] = [];
    let ok = false;
    const judge = (): void => {
      found = query.query(value).nodes.map((node) => ({ value: node.value, written: writtenAt(document, node) }));
      ok = holds(found, compiled, document);
    };
    // `match()` and `search()` of RFC 9535 are regular expressions too.
    const isPlain = compiled.pattern === undefined && !rule.path.includes('(');
    if (isPlain) judge();
    else if (!withinPatternLimit(judge)) return { expected, undecided: `it was stopped after ${PATTERN_LIMIT_MS} ms` };
    const actual = found.map((one) => safeText(showFound(one, document), 100)).join(', ');
    return { ok, expected, actual: found.length === 0 ? 'nothing' : safeText(actual, 200) };
  } catch (error) {
    return { expected, undecided: `${rule.path} cannot be followed in this body: ${messageOf(error)}` };
  }
}

function holds(found: readonly Found[], { rule, pattern }: CompiledJson, document: JsonDocument): boolean {
  const { exists, equals, atLeast, atMost, oneOf } = rule;
  if (exists !== undefined && exists !== found.length > 0) return false;
  if (exists === false) return true;
  return (
    found.length > 0 &&
    found.every(
      (one) =>
        (equals === undefined || isSame(one, equals, document)) &&
        (oneOf === undefined || oneOf.some((wanted) => isSame(one, wanted, document))) &&
        (pattern === undefined || (isScalar(one) && pattern.test(one.written ?? String(one.value)))) &&
        (atLeast === undefined || (compareNumber(one, atLeast) ?? Number.NaN) >= 0) &&
        (atMost === undefined || (compareNumber(one, atMost) ?? Number.NaN) <= 0),
    )
  );
}

function isScalar({ value }: Found): boolean {
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

function parse(text: string): ReadJson | { readonly problem: string } {
  try {
    return readJson(text);
  } catch (error) {
    return { problem: `not JSON (${safeText(messageOf(error), 100)})` };
  }
}
