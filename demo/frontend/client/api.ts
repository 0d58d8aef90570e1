/** Calls to the API, which lives at another origin; its address stands in the page's head. */
const apiUrl = document.querySelector<HTMLMetaElement>('meta[name="api-url"]')?.content ?? '';

/** What a person reads when something fails. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function apiAddress(path: string): string {
  return `${apiUrl}${path}`;
}

export function socketAddress(path: string): string {
  return `${apiUrl.replace(/^http/, 'ws')}${path}`;
}

/** The parsed answer; `parse` turns unknown JSON into what the caller needs. Everything else is an ApiFailure. */
export async function callApi(path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(apiAddress(path), init).catch((cause: unknown) => {
    throw new ApiFailure(0, 'unreachable', `Le service est injoignable (${String(cause)}).`);
  });
  if (response.status === 204) return undefined;
  const text = await response.text();
  const body = text === '' ? undefined : parse(text);
  if (response.ok && body !== undefined) return body;
  const { code, message } = errorOf(body);
  throw new ApiFailure(
    response.status,
    code ?? 'unreadable',
    message ?? `Réponse inattendue du service (${response.status}).`,
  );
}

export function sendJson(
  method: 'POST' | 'DELETE',
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<unknown> {
  return callApi(path, {
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

export function failureText(error: unknown): string {
  return error instanceof ApiFailure ? error.message : `Erreur inattendue : ${String(error)}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Reported above as an unreadable answer.
    return undefined;
  }
}

function errorOf(body: unknown): { readonly code?: string; readonly message?: string } {
  if (typeof body !== 'object' || body === null || !('error' in body)) return {};
  return body.error as { readonly code?: string; readonly message?: string };
}
