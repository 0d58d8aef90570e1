import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPlate, readFields } from './fields.ts';
import { inspectImage } from './image.ts';
import { misread } from './misreading.ts';

const document = `CERTIFICAT D'IMMATRICULATION RÉPUBLIQUE FRANÇAISE
A Numéro d'immatriculation CT-239-PV |
B Date de première immatriculation 21/06/2013
D.1 Marque FORD |
D.3  Dénomination commerciale FIESTA
E Numéro d'identification du véhicule WFODXXGAKDEA31765 |`;

test('all fields are found in recognised text, and a misread O in a VIN is mended', () => {
  assert.deepEqual(readFields(document), {
    plate: 'CT-239-PV',
    vin: 'WF0DXXGAKDEA31765',
    firstRegistration: '2013-06-21',
    make: 'FORD',
    model: 'FIESTA',
  });
});

test('text without fields gives none', () => {
  assert.deepEqual(readFields(''), {});
  assert.deepEqual(readFields('rien à voir ici\n12/34'), {});
});

test('letters and digits of a plate are told apart by their place', () => {
  assert.equal(findPlate('8R-6S9-T3'), 'BR-659-TJ');
  assert.equal(findPlate('AB 123 CD'), undefined);
});

test('a misreading changes at least one character of each field and keeps its length', () => {
  const wrong = misread({ plate: 'CT-239-PV', make: 'FORD' }, 0.15, () => 0);
  assert.notEqual(wrong.plate, 'CT-239-PV');
  assert.equal(wrong.plate?.length, 9);
  assert.notEqual(wrong.make, 'FORD');
  const all = misread({ plate: 'CT-239-PV' }, 1, () => 0).plate ?? '';
  assert.ok([...'CT-239-PV'].every((character, index) => character === '-' || all[index] !== character));
});

test('type and size of an image are read from its bytes', () => {
  const png = Buffer.from('89504e470d0a1a0a0000000d494844520000028000000104', 'hex');
  assert.deepEqual(inspectImage(png), { type: 'image/png', width: 640, height: 260 });
  const jpeg = Buffer.from('ffd8ffe00004000affc000110801040280', 'hex');
  assert.deepEqual(inspectImage(jpeg), { type: 'image/jpeg', width: 640, height: 260 });
});

test('other bytes, and headers cut short, are no image', () => {
  for (const hex of ['', 'ff', 'ffd8', 'ffd8ffe0ffff', 'ffd8ffc00011', '89504e47', '474946383961'])
    assert.equal(inspectImage(Buffer.from(hex, 'hex')), undefined, hex);
});
