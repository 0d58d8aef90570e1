import { html } from 'hono/html';
import type { WebParts } from '../parts.ts';
import { type Html, layout } from './layout.ts';

/** For an address that leads nowhere, or to a record whose retention has ended. */
export function notFoundPage({ clock, version }: Pick<WebParts, 'clock' | 'version'>): Html {
  const body = html`<h1>There is nothing here</h1>
<p>The check may have left the configuration, or the time for which the run was kept has ended.</p>
<p><a href="/">All checks</a> · <a href="/incidents">All incidents</a></p>`;
  return layout({ title: 'Nothing here', version, now: clock.now() }, body);
}
