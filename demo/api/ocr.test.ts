import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Demo, startDemo } from '../start.ts';

let demo: Demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo.close());

const golden = (file: string) => readFile(join(import.meta.dirname, '..', 'golden', file));
const send = async (body: BodyInit) => {
  const response = await fetch(`${demo.apiUrl}/api/ocr`, { method: 'POST', body });
  return { status: response.status, body: JSON.parse(await response.text()) };
};
const ocrState = async () => JSON.parse(await (await fetch(`${demo.apiUrl}/api/health`)).text()).checks.ocr;
const form = (bytes: Uint8Array, field = 'file') => {
  const data = new FormData();
  data.append(field, new Blob([Uint8Array.from(bytes)]), 'photo.jpg');
  return data;
};

test('a document is read into fields, as a form or as the bare picture', async () => {
  const picture = await golden('carte-grise-01.jpg');
  for (const body of [form(picture), new Blob([Uint8Array.from(picture)], { type: 'image/jpeg' })]) {
    const answer = await send(body);
    assert.equal(answer.status, 200);
    assert.equal(answer.body.kind, 'registration');
    assert.deepEqual(answer.body.fields, {
      plate: 'FK-482-LM',
      vin: 'VF15RBJ0D55812347',
      firstRegistration: '2018-03-14',
      make: 'RENAULT',
      model: 'CLIO',
    });
  }
});

test('a plate alone is read too, and the worker stays warm', async () => {
  const { body } = await send(form(await golden('plaque-01.jpg')));
  assert.deepEqual([body.kind, body.fields], ['plate', { plate: 'AB-344-CD' }]);
  assert.equal(await ocrState(), 'warm');
});

test('a misreading is switched on and off', async () => {
  demo.faults.set({ ocrMisreading: true });
  const wrong = await send(form(await golden('plaque-01.jpg')));
  assert.notEqual(wrong.body.fields.plate, 'AB-344-CD');
  demo.faults.reset();
  assert.equal((await send(form(await golden('plaque-01.jpg')))).body.fields.plate, 'AB-344-CD');
});

test('no file, another field, other types and too much are refused by name', async () => {
  assert.equal((await send('')).body.error.code, 'no_file');
  assert.equal((await send(form(await golden('plaque-01.jpg'), 'photo'))).body.error.code, 'no_file');
  assert.equal((await send(form(Buffer.from('GIF89a plus some bytes')))).status, 415);
  const large = await send(form(Buffer.alloc(6 * 1024 * 1024, 1)));
  assert.deepEqual([large.status, large.body.error.code], [413, 'image_too_large']);
});

test('a picture that unpacks to too much, or is too small, is refused before it is read', async () => {
  const header = (width: number, height: number) => {
    const png = Buffer.from('89504e470d0a1a0a0000000d494844520000000000000000', 'hex');
    png.writeUInt32BE(width, 16);
    png.writeUInt32BE(height, 20);
    return png;
  };
  assert.equal((await send(form(header(50_000, 50_000)))).status, 413);
  assert.equal((await send(form(header(10, 10)))).status, 422);
});

test('a broken picture is a 422, and the next good one is read', async () => {
  const picture = await golden('plaque-02.jpg');
  const broken = await send(form(picture.subarray(0, 700)));
  assert.deepEqual([broken.status, broken.body.error.code], [422, 'unreadable_image']);
  // What a crash left behind in the worker is unknown, so it was given up.
  assert.equal(await ocrState(), 'cold');
  assert.equal((await send(form(picture))).body.fields.plate, 'FT-907-KE');
});
