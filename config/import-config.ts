import { pathToFileURL } from 'node:url';
import { createJiti } from 'jiti';
import { OWN_ENTRY } from '../core/own-entry.ts';

/**
 * Through jiti: user files may use enums, extensionless imports, or lie in a CommonJS package, none of which bare type
 * stripping accepts. Our own entry is given to it as it is loaded here: compiling that too would double its time.
 */
export async function importConfig(file: string): Promise<unknown> {
  const own: unknown = await import(pathToFileURL(OWN_ENTRY).href);
  const jiti = createJiti(file, {
    moduleCache: false,
    fsCache: false,
    interopDefault: true,
    virtualModules: { vigie: own, [OWN_ENTRY]: own },
  });
  return jiti.import(file, { default: true });
}
