import { fileURLToPath } from 'node:url';

/**
 * The file behind `import … from 'vigie'`. Users' files get the one that belongs to the engine that loads them, so that
 * they work where no `vigie` can be resolved (`npx vigie`, a global install) and never meet another version of it.
 * Named from here because core is the one folder that both loaders may import; it is never imported itself.
 */
export const OWN_ENTRY = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../app/index.ts' : '../app/index.js', import.meta.url),
);
