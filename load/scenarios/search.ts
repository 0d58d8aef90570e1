import http from 'k6/http';
import { checkAnswer, jsonOf, valueIn } from '../kit/checks.ts';
import { rowOfIteration, sharedCsv } from '../kit/data.ts';
import { durationSetting, numberSetting, urlSetting } from '../kit/settings.ts';
import { named } from '../kit/tags.ts';
import { iterationRandom, thinkTime } from '../kit/think-time.ts';
import { segment, url } from '../kit/url.ts';

/**
 * People who look for a part: a search, a look at the first part found, a pause.
 *   k6 run load/scenarios/search.ts
 * Sizes: VUS (20), DURATION (1m), SEARCH_P95_MS (400), PART_P95_MS (200), THINK_S (2).
 */
const api = urlSetting(['VIGIE_API', 'VIGIE_TARGET'], 'http://127.0.0.1:5000');
const queries = sharedCsv('queries', () => open('./queries.csv'));
const thinkS = numberSetting('THINK_S', 2, { most: 600 });

export const options = {
  vus: numberSetting('VUS', 20, { least: 1 }),
  duration: durationSetting('DURATION', '1m'),
  thresholds: {
    http_req_failed: ['rate<0.01'],
    'http_req_duration{page:search}': [`p(95)<${numberSetting('SEARCH_P95_MS', 400, { least: 1 })}`],
    'http_req_duration{page:part}': [`p(95)<${numberSetting('PART_P95_MS', 200, { least: 1 })}`],
    checks: ['rate>0.99'],
  },
};

export default function () {
  const { query, least } = rowOfIteration(queries);
  const found = http.get(url(api, '/api/parts', { q: query, limit: 10 }), named('search', { page: 'search' }));
  checkAnswer(found, 200, { 'finds parts': (answer) => Number(valueIn(jsonOf(answer), 'total')) >= Number(least) });
  const id = valueIn(jsonOf(found), 'items', 0, 'id');
  if (typeof id === 'string') {
    const part = http.get(url(api, `/api/parts/${segment(id)}`), named('part', { page: 'part' }));
    checkAnswer(part, 200, { 'is the part asked for': (answer) => valueIn(jsonOf(answer), 'id') === id });
  }
  thinkTime(iterationRandom(), thinkS / 2, thinkS * 1.5);
}
