import type { Context } from 'hono';
import type { z } from 'zod';
import type { ApiError } from './errors.ts';

type Parsed<Value> = { readonly value: Value } | { readonly error: ApiError };

/** Reads a JSON body against a schema; unknown keys, wrong types and broken JSON give a 400 that names each field. */
export async function readJson<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<Parsed<z.output<Schema>>> {
  const body = await context.req.text();
  const json = parseJson(body);
  if (json === undefined) {
    const message = `le corps doit être du JSON, reçu : ${JSON.stringify(body.slice(0, 60))}`;
    return { error: { status: 400, code: 'invalid_json', message, hint: 'Envoyez content-type: application/json.' } };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { value: parsed.data };
  const details = parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message }));
  return { error: { status: 400, code: 'invalid_request', message: 'Certains champs sont incorrects.', details } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Reported by the caller as invalid_json with what was received.
    return undefined;
  }
}
