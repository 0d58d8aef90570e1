import type { Expect } from '@playwright/test';
import { describeFailure, describeSubject, describeValue } from './describe.ts';

/** A failed assertion, as the run reports it when its error ends the journey. */
export type FailedAssertion = { readonly expected: string; readonly actual: string };
type PassedAssertion = { readonly expected: string; readonly step?: string };

/** Playwright's `expect`, watched: what passed is counted, what failed is remembered by its error. */
export type WatchedExpect = {
  readonly expect: Expect;
  /** Those that say something of what is there. */
  readonly passed: () => number;
  /** Those that say only what is not there: they hold on a blank page as well. */
  readonly absences: () => number;
  readonly shown: () => readonly PassedAssertion[];
  /** The assertion that threw this error. An assertion whose error the journey caught and handled never counts. */
  readonly failureOf: (error: unknown) => FailedAssertion | undefined;
  /** Assertions that have been started and have not ended: waiting for the page, or never awaited. */
  readonly pending: () => readonly string[];
  /** What was given to `expect` and never to a matcher: `expect(a === b)`, or `expect(locator).toBeVisible` without its call. */
  readonly unused: () => readonly string[];
  /** From now on the journey is over: its assertions that begin later are kept as late. */
  readonly close: () => void;
  readonly late: () => readonly string[];
  /** The first feature used that exists only under the test runner. */
  readonly runnerOnly: () => string | undefined;
};

/** Thrown in place of what Playwright would do outside its runner, which is to throw or to pass silently. */
class RunnerOnlyError extends Error {
  constructor(feature: string) {
    super(`${feature} works only under the Playwright test runner, not in a monitored journey`);
  }
}

const RUNNER_ONLY_MATCHERS: ReadonlySet<string | symbol> = new Set([
  'toHaveScreenshot',
  'toMatchSnapshot',
  'toMatchAriaSnapshot',
]);
const CHAINS: ReadonlySet<string | symbol> = new Set(['not', 'resolves', 'rejects']);
const SHOWN = 100;

export type Caller = {
  /** The step that the calling code stands in. */
  readonly step: () => string | undefined;
  /** Whether it is the journey itself that calls, and not its clean-up. */
  readonly isJourney: () => boolean;
};

export function watchExpect(original: Expect, caller: Caller): WatchedExpect {
  const ledger = openLedger(caller);
  return { ...ledger.views, expect: watch(original, ledger) };
}

/** Where the proxies write down what they see. */
type Ledger = {
  readonly pass: (expected: string, saysAbsence: boolean) => void;
  /** What `expect` was given; gives a function that says that a matcher was called on it. */
  readonly begin: (title: string) => () => void;
  /** Remembers what the error means and gives it back, to be thrown on. */
  readonly fail: (error: unknown, expected: string) => unknown;
  readonly wait: (expected: string) => () => void;
  readonly refuse: (feature: string) => never;
  readonly views: Omit<WatchedExpect, 'expect'>;
};

function openLedger(caller: Caller): Ledger {
  const failures = new WeakMap<object, FailedAssertion>();
  const pending = new Set<{ readonly expected: string }>();
  const unused = new Set<{ readonly title: string }>();
  const late: string[] = [];
  const shown: PassedAssertion[] = [];
  const counts = { passed: 0, absences: 0 };
  let isClosed = false;
  let runnerOnly: string | undefined;
  return {
    begin: (title) => {
      const entry = { title };
      if (isClosed && caller.isJourney()) late.push(title);
      unused.add(entry);
      return () => unused.delete(entry);
    },
    pass: (expected, saysAbsence) => {
      counts[saysAbsence ? 'absences' : 'passed'] += 1;
      const step = caller.step();
      if (shown.length < SHOWN) shown.push(step === undefined ? { expected } : { expected, step });
    },
    fail: (error, expected) => {
      const isNew = isObject(error) && !failures.has(error);
      if (isNew) failures.set(error, { expected, actual: describeFailure(error) });
      return error;
    },
    wait: (expected) => {
      const entry = { expected };
      pending.add(entry);
      return () => pending.delete(entry);
    },
    refuse: (feature) => {
      runnerOnly ??= feature;
      throw new RunnerOnlyError(feature);
    },
    views: {
      passed: () => counts.passed,
      absences: () => counts.absences,
      shown: () => shown,
      failureOf: (error) => (isObject(error) ? failures.get(error) : undefined),
      pending: () => [...pending].map(({ expected }) => expected),
      unused: () => [...unused].map(({ title }) => title),
      close: () => {
        isClosed = true;
      },
      late: () => late,
      runnerOnly: () => runnerOnly,
    },
  };
}

function watch(unwatched: Expect, ledger: Ledger): Expect {
  const start = (of: CallableFunction, args: readonly unknown[]): unknown => {
    const matchers: unknown = Reflect.apply(of, undefined, args);
    if (!isObject(matchers)) return matchers;
    const title = describeSubject(args);
    return watchMatchers(
      matchers,
      { title, negated: false, isOnPage: isOnPage(args[0]), use: ledger.begin(title) },
      ledger,
    );
  };
  return new Proxy(unwatched, {
    apply: (of, _self, args: unknown[]) => start(of, args),
    get: (of, key) => {
      switch (key) {
        case 'soft':
          return ledger.refuse('expect.soft');
        case 'poll':
          return (...args: unknown[]) => start(of.poll, args);
        case 'configure':
          return (options: Parameters<Expect['configure']>[0]) =>
            options.soft ? ledger.refuse('expect.soft') : watch(of.configure(options), ledger);
        case 'extend':
          return (matchers: Parameters<Expect['extend']>[0]) => watch(of.extend(matchers), ledger);
        default:
          return Reflect.get(of, key);
      }
    },
  });
}

type Subject = {
  readonly title: string;
  readonly negated: boolean;
  /** Whether it is a page or something on it, and not a value. */
  readonly isOnPage: boolean;
  readonly use: () => void;
};

function isOnPage(subject: unknown): boolean {
  return isObject(subject) && 'locator' in subject;
}

function watchMatchers(matchers: object, subject: Subject, ledger: Ledger): object {
  return new Proxy(matchers, {
    get: (of, key) => {
      const value: unknown = Reflect.get(of, key);
      if (RUNNER_ONLY_MATCHERS.has(key)) return () => ledger.refuse(String(key));
      if (CHAINS.has(key) && isObject(value)) {
        return watchMatchers(value, { ...subject, negated: subject.negated || key === 'not' }, ledger);
      }
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => callMatcher({ of, matcher: value, name: String(key), args }, subject, ledger);
    },
  });
}

type Call = {
  readonly of: object;
  readonly matcher: CallableFunction;
  readonly name: string;
  readonly args: readonly unknown[];
};

function callMatcher({ of, matcher, name, args }: Call, subject: Subject, ledger: Ledger): unknown {
  const { title, negated, isOnPage: onPage, use } = subject;
  use();
  const saysAbsence = onPage && holdsOnBlankPage(name, args, negated);
  const expected = `${title} ${negated ? 'not ' : ''}${[name, ...args.map(describeValue)].join(' ')}`;
  let outcome: unknown;
  try {
    outcome = Reflect.apply(matcher, of, args);
  } catch (error) {
    throw ledger.fail(error, expected);
  }
  if (outcome instanceof Promise) return settle(outcome, { expected, saysAbsence }, ledger);
  ledger.pass(expected, saysAbsence);
  return outcome;
}

type Claim = { readonly expected: string; readonly saysAbsence: boolean };

async function settle(outcome: Promise<unknown>, { expected, saysAbsence }: Claim, ledger: Ledger): Promise<unknown> {
  const end = ledger.wait(expected);
  try {
    const value = await outcome;
    ledger.pass(expected, saysAbsence);
    return value;
  } catch (error) {
    throw ledger.fail(error, expected);
  } finally {
    end();
  }
}

const ABSENT_WHEN_NEGATED: ReadonlySet<string> = new Set([
  'toBeVisible',
  'toBeAttached',
  'toBeInViewport',
  'toHaveCount',
  'toHaveTitle',
  'toHaveURL',
]);

/** The matchers that Playwright lets pass where the element is missing; all others, negated too, need it to be there. */
function holdsOnBlankPage(name: string, [first]: readonly unknown[], negated: boolean): boolean {
  const options = isObject(first) ? first : {};
  const isAbsent =
    name === 'toBeHidden' ||
    (name === 'toHaveCount' && first === 0) ||
    (name === 'toBeVisible' && 'visible' in options && options.visible === false) ||
    (name === 'toBeAttached' && 'attached' in options && options.attached === false);
  return negated ? ABSENT_WHEN_NEGATED.has(name) && !isAbsent : isAbsent;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
