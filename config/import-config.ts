import { createJiti } from 'jiti';
import { OWN_ENTRY } from '../core/own-entry.ts';

/** Through jiti: user files may use enums, extensionless imports, or lie in a CommonJS package, none of which bare type stripping accepts. */
export function importConfig(file: string): Promise<unknown> {
  const jiti = createJiti(file, {
    moduleCache: false,
    fsCache: false,
    interopDefault: true,
    alias: { vigie: OWN_ENTRY },
  });
  return jiti.import(file, { default: true });
}
