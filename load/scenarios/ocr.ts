import http from 'k6/http';
import { Trend } from 'k6/metrics';
import { checkAnswer, jsonOf, valueIn } from '../kit/checks.ts';
import { rowOfIteration } from '../kit/data.ts';
import { durationSetting, numberSetting, urlSetting } from '../kit/settings.ts';
import { namedWith } from '../kit/tags.ts';
import { iterationRandom, thinkTime } from '../kit/think-time.ts';
import { url } from '../kit/url.ts';

/**
 * People who photograph their registration document. Reading one takes a good part of a second of CPU, so a few
 * people at once are a full load. Sizes: VUS (2), DURATION (30s), P95_MS (4000), READING_P95_MS (4000).
 *   k6 run load/scenarios/ocr.ts
 */
const api = urlSetting(['VIGIE_API', 'VIGIE_TARGET'], 'http://127.0.0.1:5000');

/** Clean pictures of the golden set: this measures the time to read, the journey measures how well. */
const pictures = [
  { plate: 'FK-482-LM', bytes: open('../../demo/golden/carte-grise-01.jpg', 'b') },
  { plate: 'DW-917-RT', bytes: open('../../demo/golden/carte-grise-02.jpg', 'b') },
];
/** What the server says that the reading itself took, without the wait in line. */
const readingTime = new Trend('ocr_reading_time', true);

export const options = {
  vus: numberSetting('VUS', 2, { least: 1 }),
  duration: durationSetting('DURATION', '30s'),
  thresholds: {
    http_req_failed: ['rate<0.02'],
    http_req_duration: [`p(95)<${numberSetting('P95_MS', 4_000, { least: 1 })}`],
    checks: ['rate>0.95'],
    ocr_reading_time: [`p(95)<${numberSetting('READING_P95_MS', 4_000, { least: 1 })}`],
  },
};

export default function () {
  const { plate, bytes } = rowOfIteration(pictures);
  const answer = http.post(url(api, '/api/ocr'), bytes, namedWith('ocr', { 'content-type': 'image/jpeg' }));
  checkAnswer(answer, 200, { 'reads the plate': (it) => valueIn(jsonOf(it), 'fields', 'plate') === plate });
  const tookMs = valueIn(jsonOf(answer), 'tookMs');
  if (typeof tookMs === 'number') readingTime.add(tookMs);
  thinkTime(iterationRandom(), 0.5, 1.5);
}
