import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

export type ApiError = {
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly message: string;
  /** What to do next. */
  readonly hint?: string;
  /** One line for each wrong field. */
  readonly details?: readonly unknown[];
};

/** Every error of the API has one shape: `{"error":{"code","message","hint"?,"details"?}}`. */
export function errorResponse(context: Context, { status, ...error }: ApiError): Response {
  return context.json({ error }, status);
}
