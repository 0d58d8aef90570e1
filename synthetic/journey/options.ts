import { z } from 'zod';
import { duration } from '../../core/duration-schema.ts';
import { isSecretRef, type SecretRef } from '../../core/secret.ts';

const HOUR_MS = 3_600_000;
const secretRef = z.custom<SecretRef>(isSecretRef, {
  error: () => "expected a secret reference: write secret('NAME')",
});
const name = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,59}$/, 'names are letters, digits and _ . - (60 at most)');
const exportName = z.string().min(1).max(100).default('default');

const login = z.strictObject({
  /** File of the journey that logs in; the state it ends with is stored. Example `'synthetic/journeys/login.ts'`. */
  file: z.string().min(1),
  /** Name of its export. Default `default`. */
  export: exportName,
  /** How old a stored state may get before it is made anew, 1 minute to 30 days. Default `'8h'`. */
  maxAge: duration({ least: 60_000, most: 30 * 24 * HOUR_MS }).default(8 * HOUR_MS),
});

/** What a journey check takes besides the common options. */
export const journeyOptions = z.strictObject({
  /** File of the journey, relative to the configuration. Example `'synthetic/journeys/parts-search.ts'`. */
  file: z.string().min(1),
  /** Name of its export. Default `default`. */
  export: exportName,
  /** Values that override the defaults of the journey. Default none. Example `{ limit: 3 }`. */
  params: z.record(name, z.union([z.string(), z.number(), z.boolean()])).default({}),
  /** Secrets by the name that the journey asks for. Default none. Example `{ password: secret('SHOP_PASSWORD') }`. */
  secrets: z.record(name, secretRef).default({}),
  /** A stored login state to start from, made by a journey of its own. Default none. */
  login: login.optional(),
  /**
   * Origins that get a `traceparent` header: `'target'`, names of the target's further origins, or URLs. Default none.
   * Routing them turns off the HTTP cache, and an origin other than the page's must allow the header by CORS.
   * Example `['target']`.
   */
  traceTo: z.array(z.string().min(1)).max(20).default([]),
  /** Origins on which the journey may end, besides the target's own. URLs; `'any'` for all. Example `['https://pay.example']`. */
  staysOn: z.union([z.literal('any'), z.array(z.url()).max(20)]).default([]),
  /** `'desktop'` (1280 x 720), `'mobile'` (Pixel 7), or a device of Playwright's. Default `desktop`. */
  device: z.string().min(1).max(60).default('desktop'),
  /** Language of the browser. Default that of the machine. Example `'fr-FR'`. */
  locale: z.string().min(2).max(40).optional(),
  /** Time zone of the browser. Default that of the machine. Example `'Europe/Paris'`. */
  timezone: z.string().min(1).max(60).optional(),
  /** When trace and HAR are recorded: on the confirmation of a failure, or in every run (about 1.4 times the cost). Default `on-failure`. */
  recording: z.enum(['on-failure', 'always']).default('on-failure'),
  /** How long one action on the page may take, 100 ms to 5 minutes. Default `'15s'`. */
  actionTimeout: duration({ least: 100, most: 300_000 }).default(15_000),
  /** How long one navigation may take, 100 ms to 5 minutes. Default `'30s'`. */
  navigationTimeout: duration({ least: 100, most: 300_000 }).default(30_000),
  /** How long an assertion waits to become true, 0 to 5 minutes. Default `'5s'`, as in the Playwright runner. */
  expectTimeout: duration({ least: 0, most: 300_000 }).default(5_000),
  /** Rest on the last page before vitals are read, so that late content counts, 0 to 30 s. Default 0. */
  settle: duration({ least: 0, most: 30_000 }).default(0),
});

export type JourneyOptions = z.output<typeof journeyOptions>;
export type JourneyInput = z.input<typeof journeyOptions>;
