import { z } from 'zod';

const node = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
});

/** Every option that a schema takes, those inside objects too, e.g. `retry.count`, `stages[].target`; read from its JSON Schema, the public way to look into one. */
export function optionNames(schema: z.ZodType): readonly string[] {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' });
  return [...new Set(walk(root, ''))];
}

function walk(value: unknown, path: string): readonly string[] {
  const parsed = node.safeParse(value);
  if (!parsed.success) return [];
  const { properties = {}, items, anyOf = [], oneOf = [], allOf = [] } = parsed.data;
  return [
    ...Object.entries(properties).flatMap(([key, inner]) => {
      const inside = path === '' ? key : `${path}.${key}`;
      return [inside, ...walk(inner, inside)];
    }),
    ...(items === undefined ? [] : walk(items, `${path}[]`)),
    ...[...anyOf, ...oneOf, ...allOf].flatMap((inner) => walk(inner, path)),
  ];
}

/** Plain values inside an object, by path: what a schema made of little input are its defaults. */
export function plainValues(value: unknown, path = ''): ReadonlyMap<string, string | number | boolean> {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return new Map([[path, value]]);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map();
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [...plainValues(inner, path === '' ? key : `${path}.${key}`)]),
  );
}
