import { type Context, Hono } from 'hono';
import type { Accounts, SyntheticFilter } from '../accounts/store.ts';

/** Accounts made by monitoring that are still there ("orphans" once their run is over): list, count, delete. */
export function syntheticAccountRoutes(accounts: Accounts, now: () => Date): Hono {
  const routes = new Hono();
  routes.get('/', (context) => {
    const filter = readFilter(context, now());
    return context.json({ total: accounts.countSynthetic(filter), items: accounts.listSynthetic(filter) });
  });
  routes.get('/count', (context) => context.json({ total: accounts.countSynthetic(readFilter(context, now())) }));
  routes.delete('/', (context) => context.json({ removed: accounts.removeSynthetic(readFilter(context, now())) }));
  return routes;
}

/** `?marker=` keeps one monitor's accounts, `?olderThanS=` those that no running journey can still need. */
function readFilter(context: Context, now: Date): SyntheticFilter {
  const marker = context.req.query('marker');
  const olderThanS = Number(context.req.query('olderThanS') ?? 0);
  return {
    ...(marker === undefined ? {} : { marker }),
    ...(olderThanS > 0 ? { createdBefore: new Date(now.getTime() - olderThanS * 1000).toISOString() } : {}),
  };
}
