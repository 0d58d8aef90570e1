import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Expect, Page } from '@playwright/test';
import { z } from 'zod';
import { journey } from '../journey/journey.ts';
import { characterErrors } from './character-errors.ts';

const GOLDEN = new URL('../../demo/golden/', import.meta.url);
const goldenSet = z.object({
  items: z
    .array(
      z.object({
        file: z.string(),
        kind: z.string(),
        difficulty: z.string(),
        fields: z.record(z.string(), z.string()),
      }),
    )
    .min(1),
});
type GoldenImage = z.output<typeof goldenSet>['items'][number];

/**
 * Uploads photos with known text and compares what is read. Budgets judge the reading:
 * `custom.ocr.exact_match` (share of fields read without an error) and `custom.ocr.character_error_rate`.
 * `images` limits how many photos a run sends; they are taken from the whole set in even steps.
 */
export default journey('ocr-scan', { params: { images: 4 } }, async ({ page, expect, step, measure, params }) => {
  const images = evenly(await readGolden(), params.images);
  await step('open the scan', async () => {
    await page.goto('/scan');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Scan de carte grise');
  });

  const sum = { fields: 0, exact: 0, characters: 0, errors: 0 };
  for (const image of images) {
    const read = await step('read a document', () => readDocument(page, expect, image.file));
    for (const [name, wanted] of Object.entries(image.fields)) {
      const got = read[name] ?? '';
      sum.fields += 1;
      sum.exact += got === wanted ? 1 : 0;
      sum.characters += wanted.length;
      sum.errors += Math.min(wanted.length, characterErrors(wanted, got));
    }
  }
  measure('ocr.exact_match', sum.exact / sum.fields, 'ratio');
  measure('ocr.character_error_rate', sum.errors / sum.characters, 'ratio');
  measure('ocr.images', images.length, 'count');
});

/** Sends one photo and returns the fields that the page shows, by name. A photo in which nothing is found gives none. */
async function readDocument(page: Page, expect: Expect, file: string): Promise<Readonly<Record<string, string>>> {
  await page.getByLabel('Photo du document').setInputFiles(fileURLToPath(new URL(file, GOLDEN)));
  await page.getByRole('button', { name: 'Lire le document' }).click();
  const status = page.locator('#scan').getByRole('status');
  await expect(status).toHaveText(/(?:Carte grise|Plaque) lue : \d+ champ|Aucun champ reconnu/, { timeout: 20_000 });
  return page
    .getByRole('form', { name: 'Champs lus' })
    .getByRole('textbox')
    .evaluateAll((inputs) =>
      Object.fromEntries(
        inputs.map((input) => [input.getAttribute('name') ?? '', input instanceof HTMLInputElement ? input.value : '']),
      ),
    );
}

async function readGolden(): Promise<readonly GoldenImage[]> {
  return goldenSet.parse(JSON.parse(await readFile(new URL('golden.json', GOLDEN), 'utf8'))).items;
}

/** The set is ordered from clean to noisy: a few photos should still be of every kind. */
function evenly(all: readonly GoldenImage[], wanted: number): readonly GoldenImage[] {
  const count = Math.min(all.length, Math.max(1, Math.floor(wanted)));
  return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)]).filter(
    (image) => image !== undefined,
  );
}
