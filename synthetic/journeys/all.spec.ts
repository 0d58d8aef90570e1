import { readdirSync } from 'node:fs';
import { test } from '@playwright/test';
import { isJourney } from '../journey/journey.ts';
import { runUnderTest } from '../journey/runner-adapter.ts';

/** Every journey of this folder as a test: `npx playwright test`, against VIGIE_TARGET (default http://127.0.0.1:3000). */
const files = readdirSync(import.meta.dirname).filter((file) => /^[^.]+\.ts$/.test(file));
for (const file of files) {
  const loaded: { readonly default?: unknown } = await import(`./${file}`);
  const found = loaded.default;
  if (!isJourney(found)) continue;
  test(found.name, async ({ page, context, request, playwright, baseURL }, info) => {
    await runUnderTest(found, { page, context, request, playwright, baseURL, info });
  });
}
