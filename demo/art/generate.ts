import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { launchChromium } from './chromium.ts';
import { drawHero } from './hero.ts';
import { drawPart, familyShapes } from './part-picture.ts';

/**
 * Renders the website's pictures to WebP: node demo/art/generate.ts
 * Raster images, because browsers take an SVG of a few kilobytes for too poor in detail to count as largest paint.
 */
const folder = join(import.meta.dirname, '..', 'frontend', 'images');
await mkdir(join(folder, 'pieces'), { recursive: true });
const browser = await launchChromium();
const page = await browser.newPage();
for (const width of [640, 1024, 1600])
  await render(page, { svg: drawHero(), width, ratio: 760 / 1600, file: `hero-${width}.webp` });
for (const [index, [family, shape]] of Object.entries(familyShapes).entries()) {
  const svg = drawPart(shape, (205 + index * 37) % 360);
  await render(page, { svg, width: 640, ratio: 3 / 4, file: `pieces/${family}.webp` });
  await render(page, { svg, width: 240, ratio: 3 / 4, file: `pieces/${family}-240.webp` });
}
await browser.close();

type Rendering = { readonly svg: string; readonly width: number; readonly ratio: number; readonly file: string };

async function render(on: Page, { svg, width, ratio, file }: Rendering): Promise<void> {
  const size = {
    source: `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`,
    width,
    height: Math.round(width * ratio),
  };
  const data = await on.evaluate(async ({ source, width, height }) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    canvas.getContext('2d')?.drawImage(image, 0, 0, width, height);
    return canvas.toDataURL('image/webp', 0.82);
  }, size);
  await writeFile(join(folder, file), Buffer.from(data.slice(data.indexOf(',') + 1), 'base64'));
}
