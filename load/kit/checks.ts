import { check } from 'k6';
import type { RefinedResponse, ResponseType } from 'k6/http';

export type Answer = RefinedResponse<ResponseType | undefined>;
/** What should hold for an answer, by the words it is reported under. */
export type Expectations = Readonly<Record<string, (answer: Answer) => boolean>>;

/**
 * Checks an answer: its status, and what else is expected of it. A dead target makes the checks fail, it never makes
 * the script throw. Returns whether everything holds.
 * @example checkAnswer(answer, 200, { 'finds parts': (it) => total(it) > 0 }, { page: 'search' })
 */
export function checkAnswer(
  answer: Answer,
  status: number,
  expectations: Expectations = {},
  tags: Readonly<Record<string, string>> = {},
): boolean {
  const sets: Record<string, (answer: Answer) => boolean> = { [`status is ${status}`]: (it) => it.status === status };
  for (const [name, holds] of Object.entries(expectations)) sets[name] = (it) => holdsSafely(holds, it);
  return check(answer, sets, { ...tags });
}

/** The JSON body; undefined when there is none, e.g. after a refused connection. */
export function jsonOf(answer: Answer): unknown {
  if (typeof answer.body !== 'string' || answer.body === '') return undefined;
  try {
    return JSON.parse(answer.body);
  } catch {
    // Not JSON: the caller's expectation fails, which is the point of it.
    return undefined;
  }
}

/** A value inside a JSON body, by the names on the way to it; undefined when the way ends early. @example valueIn(jsonOf(answer), 'account', 'id') */
export function valueIn(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Object.getOwnPropertyDescriptor(here, key)?.value;
  }
  return here;
}

function holdsSafely(holds: (answer: Answer) => boolean, answer: Answer): boolean {
  try {
    return holds(answer);
  } catch {
    // The answer is not what the expectation can even look at: it does not hold.
    return false;
  }
}
