import {
  type APIRequestContext,
  type BrowserContext,
  expect,
  type Page,
  type PlaywrightWorkerArgs,
  type TestInfo,
  test,
} from '@playwright/test';
import { messageOf } from '../../core/errors.ts';
import type { CleanupTools, Journey, JourneyParams } from './journey.ts';

/** What a test of the Playwright runner has to offer a journey. */
export type RunnerFixtures = {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly request: APIRequestContext;
  readonly playwright: PlaywrightWorkerArgs['playwright'];
  readonly baseURL: string | undefined;
  readonly info: TestInfo;
};
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Runs a journey as a test of `npx playwright test`, with the runner's own `expect` and steps. Measures become
 * annotations. Secrets come from `VIGIE_SECRET_<NAME>`, parameters from `VIGIE_PARAM_<NAME>`, further origins from
 * `VIGIE_ORIGIN_<NAME>`, names in capitals with `_` for everything that is no letter or digit.
 */
export async function runUnderTest(
  journey: Journey,
  { page, context, request, playwright, baseURL, info }: RunnerFixtures,
  environment: Environment = process.env,
): Promise<void> {
  const baseUrl = (baseURL ?? '').replace(/\/$/, '');
  const cleanups: ((tools: CleanupTools) => void | Promise<void>)[] = [];
  const note = (type: string, description: string): void => {
    info.annotations.push({ type, description });
  };
  try {
    await journey.run({
      page,
      context,
      request,
      expect,
      step: (name, body) => test.step(name, body),
      target: { name: 'target', baseUrl, environment: 'test', origins: originsIn(environment) },
      secret: (name) => secretIn(environment, name),
      params: paramsIn(environment, journey.params),
      cleanup: (work) => {
        cleanups.push(work);
      },
      measure: (name, value, unit) => note(`custom.${name}`, `${value} ${unit}`),
      loggedOut: (why) => {
        throw new Error(`logged out: ${why}`);
      },
    });
  } finally {
    await cleanUp(cleanups, await playwright.request.newContext({ baseURL: baseUrl }), note);
  }
}

async function cleanUp(
  cleanups: ((tools: CleanupTools) => void | Promise<void>)[],
  request: APIRequestContext,
  note: (type: string, description: string) => void,
): Promise<void> {
  for (const work of cleanups.reverse()) {
    try {
      await work({ request });
    } catch (error) {
      // As in the engine: noted, and hiding nothing that went wrong before.
      note('cleanup failed', messageOf(error));
    }
  }
  await request.dispose();
}

function originsIn(environment: Environment): Readonly<Record<string, string>> {
  const found = Object.entries(environment).filter(([name]) => name.startsWith('VIGIE_ORIGIN_'));
  return Object.fromEntries(found.map(([name, url]) => [name.slice('VIGIE_ORIGIN_'.length).toLowerCase(), url ?? '']));
}

function secretIn(environment: Environment, name: string): string {
  const variable = variableFor('SECRET', name);
  const value = environment[variable];
  if (value === undefined) throw new Error(`secret('${name}') is not set; set the environment variable ${variable}`);
  return value;
}

/** A parameter keeps the type of its default. */
function paramsIn(environment: Environment, defaults: JourneyParams): JourneyParams {
  const entries = Object.entries(defaults).map(([name, value]) => {
    const text = environment[variableFor('PARAM', name)];
    if (text === undefined) return [name, value] as const;
    if (typeof value === 'number') return [name, Number(text)] as const;
    return [name, typeof value === 'boolean' ? text === 'true' : text] as const;
  });
  return Object.fromEntries(entries);
}

function variableFor(what: 'SECRET' | 'PARAM', name: string): string {
  return `VIGIE_${what}_${name.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()}`;
}
