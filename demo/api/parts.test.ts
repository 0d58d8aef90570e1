import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Demo, startDemo } from '../start.ts';

let demo: Demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo.close());

const get = async (path: string) => {
  const response = await fetch(`${demo.apiUrl}${path}`);
  return { status: response.status, body: JSON.parse(await response.text()) };
};

test('a search answers with a page of parts', async () => {
  const { status, body } = await get('/api/parts?q=plaquettes+de+frein&limit=5&page=2');
  assert.equal(status, 200);
  assert.deepEqual([body.page, body.items.length, body.pageCount], [2, 5, Math.ceil(body.total / 5)]);
  assert.match(body.items[0].name, /^Plaquettes de frein/);
});

test('a search without words or with a wrong page is a 400 with an example', async () => {
  for (const query of [
    '',
    '?q=',
    '?q=%20',
    '?q=clio&page=0',
    '?q=clio&limit=101',
    '?q=clio&limit=x',
    `?q=${'a'.repeat(201)}`,
  ]) {
    const { status, body } = await get(`/api/parts${query}`);
    assert.equal(status, 400, query);
    assert.equal(body.error.code, 'invalid_request');
  }
});

test('one part comes with its offers, cheapest first; an unknown one is a 404', async () => {
  const { body } = await get('/api/parts/aa-0042');
  const prices = body.offers.map((offer: { priceCents: number }) => offer.priceCents);
  assert.deepEqual(
    prices,
    [...prices].sort((a, b) => a - b),
  );
  assert.equal((await get('/api/parts/aa-9999')).status, 404);
});

test('an affiliate link counts the click and leads to the partner', async () => {
  const response = await fetch(`${demo.frontendUrl}/go/aa-0042?marchand=garage-malin`, { redirect: 'manual' });
  assert.equal(response.status, 302);
  assert.equal(response.headers.get('location'), '/marchand/garage-malin?piece=aa-0042');
  const metrics = await (await fetch(`${demo.apiUrl}/metrics`)).text();
  assert.match(metrics, /assistant_auto_affiliate_clicks_total\{merchant="garage-malin"\} 1/);
  assert.match(metrics, /assistant_auto_events_total\{event="clic_affiliation"\} 1/);
  assert.equal((await fetch(`${demo.frontendUrl}/go/none`)).status, 404);
});

test('events of the data layer are counted by name, unknown ones refused', async () => {
  const send = (body: string) => fetch(`${demo.apiUrl}/api/events`, { method: 'POST', body });
  assert.equal((await send('{"event":"scan_ocr"}')).status, 204);
  assert.match(await (await fetch(`${demo.apiUrl}/metrics`)).text(), /events_total\{event="scan_ocr"\} 1/);
  for (const bad of ['{"event":"x"}', 'no json', '{"event":"scan_ocr","more":1}'])
    assert.equal((await send(bad)).status, 400);
});

test('an unknown path is a 404 in the same shape as every error', async () => {
  const { status, body } = await get('/api/nothing');
  assert.deepEqual([status, body.error.code], [404, 'not_found']);
});
