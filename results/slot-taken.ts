import { VigieError } from '../core/errors.ts';

/** `what`: the record that finds another one in its place. */
export function slotTaken(what: string): VigieError {
  return new VigieError(
    'slot-taken',
    `${what} was not written: its slot already has a record. Nothing of the commit was written`,
    { hint: 'The record that was there first stands; do not commit it again.' },
  );
}
