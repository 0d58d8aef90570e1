import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chargeTestCard } from './card.ts';

const now = new Date('2026-11-22T12:00:00Z');
const charge = (number: string, expiry = '12/30', cvc = '123') => chargeTestCard({ number, expiry, cvc }, now).outcome;

test('the test cards are accepted or declined', () => {
  assert.deepEqual(chargeTestCard({ number: '4242 4242 4242 4242', expiry: '12/30', cvc: '123' }, now), {
    outcome: 'accepted',
    lastDigits: '4242',
  });
  assert.equal(charge('4000000000000002'), 'declined');
  assert.equal(charge('4000 0000 0000 9995'), 'declined');
});

test('a valid number of no test card is declined: real cards are never taken', () => {
  assert.equal(charge('5555555555554444'), 'declined');
});

test('a wrong checksum, length, date or code is invalid', () => {
  assert.equal(charge('4242424242424241'), 'invalid');
  assert.equal(charge('4242'), 'invalid');
  assert.equal(charge('4242424242424242', '13/30'), 'invalid');
  assert.equal(charge('4242424242424242', '10/26'), 'invalid');
  assert.equal(charge('4242424242424242', '12/30', '12'), 'invalid');
});

test('a card is good to the end of its month', () => {
  assert.equal(charge('4242424242424242', '11/26'), 'accepted');
});
