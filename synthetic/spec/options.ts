import { z } from 'zod';
import { isSecretRef, type SecretRef } from '../../core/secret.ts';

const secretRef = z.custom<SecretRef>(isSecretRef, {
  error: () => "expected text or a secret reference: write secret('NAME')",
});
const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'names of environment variables are letters, digits and _');

/** What a spec check takes besides the common options. */
export const specOptions = z.strictObject({
  /** Folder of the Playwright project, relative to the configuration. Default that folder itself. Example `'e2e'`. */
  folder: z.string().min(1).default('.'),
  /** Its configuration file, relative to `folder`. Default what Playwright finds. Example `'playwright.smoke.config.ts'`. */
  config: z.string().min(1).optional(),
  /** Files or folders of tests, relative to `folder`. Default all of the project. Example `['tests/checkout.spec.ts']`. */
  files: z.array(z.string().min(1)).max(50).default([]),
  /** Names of Playwright projects. Default all. Example `['chromium']`. */
  projects: z.array(z.string().min(1)).max(20).default([]),
  /** Regular expression over test titles and tags. Default all. Example `'@smoke'`. */
  grep: z.string().min(1).max(500).optional(),
  /** Tests at once, 1 to 32. Only with 1 the check shares the machine with other browser checks. Default 1. */
  workers: z.int().min(1).max(32).default(1),
  /** Further tries of a failing test, 0 to 5; one that then passes is flaky, which is measured. Default 0. */
  retries: z.int().min(0).max(5).default(0),
  /** Environment variables for the project, text or secrets. Default only VIGIE_TARGET, the base URL of the target. */
  env: z.record(variable, z.union([z.string(), secretRef])).default({}),
});

export type SpecOptions = z.output<typeof specOptions>;
export type SpecInput = z.input<typeof specOptions>;
