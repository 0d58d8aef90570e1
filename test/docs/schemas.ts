import { gateJsonSchema } from '../../reporters/gate/document.ts';

/** Schemas that are published beside the documents, made from those that the code has; paths from the root. */
export const SCHEMAS: Readonly<Record<string, () => unknown>> = { 'docs/schemas/gate.v1.json': gateJsonSchema };

export function schemaText(make: () => unknown): string {
  return `${JSON.stringify(make(), null, 2)}\n`;
}
