import type { FirstTarget } from './first-target.ts';
import { quote } from './quote.ts';

/** `journeys/home.ts`: asserts only what holds for any page that shows something. */
export function journeyFile({ path }: FirstTarget): string {
  return `import { journey } from 'vigie';

/**
 * A visitor opens the front page. \`page\` and \`expect\` are Playwright's own; assert through the \`expect\` handed in, because
 * a run without a passed assertion proves nothing and ends inconclusive. Say here what your users come for.
 */
export default journey('home', async ({ page, expect, step }) => {
  await step('open the front page', async () => {
    await page.goto(${quote(path)});
    await expect(page).toHaveTitle(/\\S/);
  });
  await step('see something', async () => {
    await expect(page.locator('body')).toHaveText(/\\S/, { useInnerText: true });
  });
});
`;
}
