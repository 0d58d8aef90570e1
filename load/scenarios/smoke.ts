import { sleep } from 'k6';
import http from 'k6/http';
import { checkAnswer, jsonOf, valueIn } from '../kit/checks.ts';
import { durationSetting, numberSetting, urlSetting } from '../kit/settings.ts';
import { named } from '../kit/tags.ts';
import { url } from '../kit/url.ts';

/**
 * Fifteen seconds of light load: does the API answer several people at once? Runs often, so it asks for little.
 *   k6 run load/scenarios/smoke.ts
 * Sizes: VUS (5), DURATION (15s), P95_MS (500).
 */
const api = urlSetting(['VIGIE_API', 'VIGIE_TARGET'], 'http://127.0.0.1:5000');

export const options = {
  vus: numberSetting('VUS', 5, { least: 1 }),
  duration: durationSetting('DURATION', '15s'),
  thresholds: {
    http_req_failed: ['rate<0.01'],
    http_req_duration: [`p(95)<${numberSetting('P95_MS', 500, { least: 1 })}`],
    checks: ['rate>0.99'],
  },
};

export default function () {
  checkAnswer(http.get(url(api, '/api/health'), named('health')), 200, {
    'says that it is well': (answer) => valueIn(jsonOf(answer), 'status') === 'ok',
  });
  checkAnswer(http.get(url(api, '/api/'), named('api')), 200);
  sleep(0.5);
}
