import type { APIRequestContext, BrowserContext, Expect, Page } from '@playwright/test';
import type { Labels } from '../../core/measure.ts';
import type { Unit } from '../../core/units.ts';

export type JourneyParams = Readonly<Record<string, string | number | boolean>>;

/** The system the journey runs against. */
export type JourneyTarget = {
  readonly name: string;
  /** Base URL without a slash at the end; `page.goto('/x')` is resolved against it. */
  readonly baseUrl: string;
  readonly environment: string;
  /** Further base URLs by name, e.g. `target.origins.api`. */
  readonly origins: Readonly<Record<string, string>>;
};

/** What a clean-up is given: a request context that still works after the deadline has closed the page. */
export type CleanupTools = { readonly request: APIRequestContext };

/** What a journey is given. `page`, `context`, `request` and `expect` are Playwright's own. */
export type JourneyContext<Params extends JourneyParams = JourneyParams> = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Requests outside the browser, with its own cookies, like the fixture of the same name. */
  readonly request: APIRequestContext;
  /** Assert through this one: a run without a passed assertion is inconclusive. */
  readonly expect: Expect;
  /** Runs a part of the journey under a name; its time becomes the measure `step.<name>`. May be nested. */
  readonly step: <T>(name: string, body: () => T | Promise<T>) => Promise<T>;
  readonly target: JourneyTarget;
  /** The value of a secret that the check names in its option `secrets`. Every artefact is scrubbed of it. */
  readonly secret: (name: string) => string;
  /** Defaults of the journey, overridden by the check's option `params`. */
  readonly params: Params;
  /** Registers work that is done however the journey ends, last registered first. Its failure is recorded and hides nothing. */
  readonly cleanup: (work: (tools: CleanupTools) => void | Promise<void>) => void;
  /** Records a measure of the journey's own as `custom.<name>`, e.g. `measure('search.recall', 0.97, 'ratio')`. */
  readonly measure: (name: string, value: number, unit: Unit, labels?: Labels) => void;
  /** Ends the run because the stored login state is no longer valid: it is made anew and the journey is run once more. */
  readonly loggedOut: (why: string) => never;
};

/** Marks a journey across copies of this module: the warm engine and the user's file each load their own. */
const MARK = 'vigie.journey/1';

export type Journey<Params extends JourneyParams = JourneyParams> = {
  readonly mark: typeof MARK;
  readonly name: string;
  readonly params: Params;
  readonly run: (given: JourneyContext<Params>) => void | Promise<void>;
};

/** What the literal defaults of a parameter widen to, so that `{ limit: 3 }` takes any number. */
type Widened<Params> = {
  readonly [K in keyof Params]: Params[K] extends number
    ? number
    : Params[K] extends boolean
      ? boolean
      : Params[K] extends string
        ? string
        : never;
};

type RunFunction<Params extends JourneyParams> = Journey<Params>['run'];

/**
 * Defines a journey; export it as default (or by name) from a file of its own.
 * @example
 * export default journey('home', async ({ page, expect }) => {
 *   await page.goto('/');
 *   await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
 * });
 */
export function journey(name: string, run: RunFunction<JourneyParams>): Journey;
export function journey<const Params extends JourneyParams>(
  name: string,
  defaults: { readonly params: Params },
  run: RunFunction<Widened<Params>>,
): Journey<Widened<Params>>;
export function journey(
  name: string,
  second: RunFunction<JourneyParams> | { readonly params: JourneyParams },
  third?: RunFunction<JourneyParams>,
): Journey {
  const run = typeof second === 'function' ? second : third;
  const params = typeof second === 'function' ? {} : second?.params;
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(`journey() takes a name first, got ${JSON.stringify(name)}; write journey('search', async …)`);
  }
  if (typeof run !== 'function' || params === undefined) {
    throw new TypeError(
      `journey('${name}') takes a function, or { params } and a function; write journey('${name}', async ({ page, expect }) => …)`,
    );
  }
  return Object.freeze({ mark: MARK, name, params: Object.freeze({ ...params }), run });
}

export function isJourney(value: unknown): value is Journey {
  return typeof value === 'object' && value !== null && 'mark' in value && value.mark === MARK;
}
