import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { CommandAnswer } from '../core/command.ts';
import type { Door } from './door.ts';
import type { WebParts } from './parts.ts';

/** `/ping/<token>`: a job elsewhere says that it has run. The token is the secret; nothing tells a wrong one from an unknown one. */
export function addHeartbeats(app: OpenAPIHono, parts: WebParts, door: Door): void {
  const ping = async (context: Context): Promise<Response> => {
    const refusal = door.pingRefusal(context);
    if (refusal !== undefined) return context.text(`${refusal.error}\n`, refusal.status, refusal.headers);
    const token = context.req.param('token') ?? '';
    const answer = await parts.send({ type: 'ping', token, at: parts.clock.now() });
    if (!answer.ok && answer.reason === 'unknown') door.pingedWrong(context);
    return context.text(answer.ok ? 'ok\n' : `${answer.message}\n`, statusOf(answer));
  };
  app.on(['GET', 'POST'], '/ping/:token', ping);
}

/** The HTTP status that fits the answer to a command. */
export function statusOf(answer: CommandAnswer): 200 | 403 | 404 | 503 {
  if (answer.ok) return 200;
  switch (answer.reason) {
    case 'unknown':
      return 404;
    case 'refused':
      return 403;
    case 'busy':
      return 503;
  }
}
