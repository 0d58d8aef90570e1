import { fault } from '../../core/fault.ts';
import type { Assertion } from '../../core/observation.ts';
import { needsLimit, showPattern, withinPatternLimit } from '../net/patterns.ts';
import { safeText } from '../net/text.ts';
import { Interruption } from '../net/trouble.ts';
import { type DnsOptions, mayBeEmpty } from './arguments.ts';
import type { Reply } from './message.ts';
import { answerKey, areSameAnswers, readWanted } from './same-answer.ts';

type AnswersExpected = NonNullable<DnsOptions['expect']['answers']>;

/** Holds one reply against the expectations. */
export function judgeReply(reply: Reply, options: DnsOptions): readonly Assertion[] {
  const { rcode, answers, authenticated, authoritative } = options.expect;
  const { answers: got } = reply;
  const { type } = options;
  const assertions: Assertion[] = [{ ok: reply.rcode === rcode, expected: `reply is ${rcode}`, actual: reply.rcode }];
  // What the answers are has no meaning under another code than the expected one.
  if (reply.rcode !== rcode) return assertions;
  if (!mayBeEmpty(options)) assertions.push({ ok: got.length > 0, expected: 'at least one answer', actual: show(got) });
  if (answers !== undefined) assertions.push(...judgeAnswers(got, answers, type));
  if (authenticated) assertions.push(flag('the answer is proven by DNSSEC', reply.authenticated));
  if (authoritative) assertions.push(flag('the server has authority', reply.authoritative));
  return assertions;
}

function judgeAnswers(
  got: readonly string[],
  { contains, equals, matches, count }: AnswersExpected,
  type: DnsOptions['type'],
): readonly Assertion[] {
  const actual = show(got);
  const keyOf = (answer: string): string => answerKey(type, answer);
  const known = got.map(keyOf);
  // They are shown as they were read: where only quotes differ, that is what is to be seen.
  const read = (wanted: readonly string[]): readonly string[] => wanted.map((one) => readWanted(type, one));
  const assertions: Assertion[] = read(contains ?? []).map((one) => ({
    ok: known.includes(keyOf(one)),
    expected: `answers contain ${safeText(one, 200)}`,
    actual,
  }));
  if (equals !== undefined) {
    const wanted = read(equals);
    assertions.push({ ok: areSameAnswers(known, wanted.map(keyOf)), expected: `answers are ${show(wanted)}`, actual });
  }
  if (count !== undefined)
    assertions.push({ ok: got.length === count, expected: `${count} answers`, actual: `${got.length}: ${actual}` });
  if (matches !== undefined) {
    const expression = new RegExp(matches.source, matches.flags);
    let ok = false;
    const match = (): void => {
      ok = got.length > 0 && got.every((one) => expression.test(one));
    };
    if (!needsLimit(matches)) match();
    else if (!withinPatternLimit(match))
      throw new Interruption(
        fault('config-invalid', `${showPattern(matches)} takes too long on these answers; simplify it`),
      );
    assertions.push({ ok, expected: `every answer matches ${showPattern(matches)}`, actual });
  }
  return assertions;
}

function flag(expected: string, ok: boolean): Assertion {
  return { ok, expected, actual: ok ? 'it is said' : 'it is not said' };
}

export function show(answers: readonly string[]): string {
  return safeText([...answers].sort().join(', ') || 'none', 500);
}
