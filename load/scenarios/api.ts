import { sleep } from 'k6';
import http from 'k6/http';
import { checkAnswer } from '../kit/checks.ts';
import { durationSetting, numberSetting, urlSetting } from '../kit/settings.ts';
import { textSummary } from '../kit/summary.ts';
import { named } from '../kit/tags.ts';
import { url } from '../kit/url.ts';

/**
 * The load test of the monitoring guide (section 7.1): 100 virtual users for 5 minutes, each asking for /api/ once a second.
 *   k6 run -e VIGIE_API=http://127.0.0.1:5000 load/scenarios/api.ts
 * Sizes: VUS (100), DURATION (5m), P95_MS (500).
 */
const api = urlSetting(['VIGIE_API', 'VIGIE_TARGET'], 'http://127.0.0.1:5000');

export const options = {
  vus: numberSetting('VUS', 100, { least: 1 }),
  duration: durationSetting('DURATION', '5m'),
  thresholds: {
    http_req_failed: ['rate<0.01'],
    http_req_duration: [`p(95)<${numberSetting('P95_MS', 500, { least: 1 })}`],
    checks: ['rate>0.99'],
  },
};

export default function () {
  checkAnswer(http.get(url(api, '/api/'), named('api')), 200);
  sleep(1);
}

export function handleSummary(data: Parameters<typeof textSummary>[0]) {
  return { stdout: textSummary(data) };
}
