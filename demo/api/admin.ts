import { timingSafeEqual } from 'node:crypto';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { faultDefinitions, isFaultName } from '../faults/definitions.ts';
import { parseFaults } from '../faults/parse.ts';
import type { FaultSwitches } from '../faults/switches.ts';
import { errorResponse } from '../server/errors.ts';

/** Fault switches over HTTP. Never touched by the faults themselves. */
export function faultRoutes(switches: FaultSwitches): Hono {
  const routes = new Hono();
  routes.get('/', (context) => context.json({ active: switches.values, available: available() }));
  routes.put('/', async (context) => putFaults(context, switches));
  routes.delete('/', (context) => {
    switches.reset();
    return context.json({ active: switches.values });
  });
  routes.delete('/:name', (context) => {
    const name = context.req.param('name');
    if (!isFaultName(name)) return refuse(context, parseFaults({ [name]: true }).problems);
    switches.reset(name);
    return context.json({ active: switches.values });
  });
  return routes;
}

/** Compares in constant time; a missing or wrong token is a 401. */
export function requireToken(adminToken: string): MiddlewareHandler {
  const expected = Buffer.from(`Bearer ${adminToken}`);
  return async (context, next) => {
    const given = Buffer.from(context.req.header('authorization') ?? '');
    if (given.length === expected.length && timingSafeEqual(given, expected)) return next();
    return errorResponse(context, {
      status: 401,
      code: 'unauthorized',
      message: 'The admin endpoint needs the header "authorization: Bearer <token>".',
      hint: 'The token is DEMO_ADMIN_TOKEN, or stands in the file named at start.',
    });
  };
}

async function putFaults(context: Context, switches: FaultSwitches): Promise<Response> {
  const body: unknown = await context.req.json().catch(() => undefined);
  const problems = switches.apply(body);
  if (problems.length > 0) return refuse(context, problems);
  const { latencyFactor, baseLatency } = switches.values;
  const idle = latencyFactor !== undefined && baseLatency === undefined;
  const warnings = idle ? ['latencyFactor has no effect until baseLatency is set'] : [];
  return context.json({ active: switches.values, warnings });
}

function refuse(context: Context, details: readonly unknown[]): Response {
  return errorResponse(context, {
    status: 400,
    code: 'bad_fault',
    message: 'Nothing was changed: at least one switch is wrong.',
    hint: 'GET /admin/faults lists the switches with an example each.',
    details,
  });
}

function available(): readonly unknown[] {
  return Object.entries(faultDefinitions).map(([name, { effect, example }]) => ({ name, effect, example }));
}
