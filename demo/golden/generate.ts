import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launchChromium } from '../art/chromium.ts';
import { goldenCases } from './cases.ts';
import { drawCase, pictureSize } from './drawing.ts';

/**
 * Draws the golden pictures anew and writes `golden.json`:
 *   node demo/golden/generate.ts
 */
const browser = await launchChromium();
const page = await browser.newPage({ deviceScaleFactor: 1 });
for (const golden of goldenCases) {
  await page.setViewportSize(pictureSize[golden.kind]);
  await page.setContent(String(await drawCase(golden)));
  // The canvas reaches the screen one frame after its script.
  await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  const path = join(import.meta.dirname, golden.file);
  await page.screenshot({ path, type: 'jpeg', quality: golden.spoiling.quality });
}
await browser.close();
const items = goldenCases.map(({ file, kind, difficulty, fields }) => ({ file, kind, difficulty, fields }));
await writeFile(join(import.meta.dirname, 'golden.json'), `${JSON.stringify({ items }, null, 2)}\n`);
