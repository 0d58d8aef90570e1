import type { Expect, Page } from '@playwright/test';
import { journey } from '../journey/journey.ts';
import { GOLDEN_QUERIES } from './parts-search.golden.ts';

/**
 * Searches for parts with golden queries and opens one. Budgets judge how good the answers are:
 * `custom.search.recall` (share of the wanted parts among the first `k`) and `custom.search.zero_results`.
 */
export default journey(
  'parts-search',
  { params: { queries: 12, k: 10 } },
  async ({ page, expect, step, measure, params }) => {
    await step('open the search', async () => {
      await page.goto('/recherche');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Recherche de pièces');
    });

    const asked = GOLDEN_QUERIES.slice(0, Math.max(1, params.queries));
    const recalls: number[] = [];
    let empty = 0;
    await step('search', async () => {
      for (const { query, parts } of asked) {
        const found = await searchFor(page, expect, query);
        const top = found.slice(0, params.k);
        recalls.push(parts.filter((part) => top.includes(part)).length / parts.length);
        if (found.length === 0) empty += 1;
      }
    });
    measure('search.recall', recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length, 'ratio');
    measure('search.zero_results', empty / asked.length, 'ratio');
    measure('search.queries', asked.length, 'count');

    await step('open a part', async () => {
      await page.getByRole('list', { name: 'Résultats' }).getByRole('link').first().click();
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.getByRole('list', { name: 'Offres' }).getByRole('link').first()).toBeVisible();
    });
  },
);

/** Types a query as a person would and returns the ids of the parts shown, best first. */
async function searchFor(page: Page, expect: Expect, query: string): Promise<readonly string[]> {
  const box = page.getByRole('searchbox', { name: 'Rechercher une pièce' });
  await box.fill(query);
  await box.press('Enter');
  // The sentence about the results comes with them; it names the query that it is about.
  await expect(page.locator('main').getByRole('status')).toHaveText(/trouvée?s? pour « .+ »/);
  await expect(page.locator('main').getByRole('status')).toContainText(`pour « ${query} »`);
  const links = page.getByRole('list', { name: 'Résultats' }).getByRole('link');
  const paths = await links.evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? ''));
  return paths.map((path) => path.split('/').at(-1) ?? '');
}
