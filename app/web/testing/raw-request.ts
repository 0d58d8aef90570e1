import { once } from 'node:events';
import { request } from 'node:http';

/** Unlike `fetch` it sends the path as it is. */
export async function rawRequest(
  base: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
) {
  const { hostname, port } = new URL(base);
  const asked = request({ hostname, port, method, path, headers, agent: false });
  asked.on('error', () => {});
  asked.end(body);
  const [response] = await once(asked, 'response');
  let text = '';
  for await (const part of response.setEncoding('utf8')) text += part;
  return { status: Number(response.statusCode), headers: response.headers as Record<string, string>, text };
}
