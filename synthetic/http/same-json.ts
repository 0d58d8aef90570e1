import { compareDecimals, decimalOf } from './decimal.ts';
import { type JsonDocument, memberOf, type Value } from './json-document.ts';

/** A value of a document, and how it is written where it is a number that JavaScript does not keep. */
export type Found = { readonly value: Value; readonly written: string | undefined };

/** Whether a value is exactly what is wanted: numbers by what is written, texts letter by letter, objects in any order. */
export function isSame({ value, written }: Found, wanted: Value, document: JsonDocument): boolean {
  // What JavaScript does not keep is no number that can be wanted.
  if (written !== undefined) return false;
  if (typeof value !== 'object' || value === null) return value === wanted;
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(value) !== Array.isArray(wanted)) return false;
  const names = Object.keys(value);
  const lost = document.written.get(value);
  return (
    names.length === Object.keys(wanted).length &&
    names.every(
      (name) =>
        Object.hasOwn(wanted, name) &&
        isSame({ value: memberOf(value, name), written: lost?.get(name) }, memberOf(wanted, name), document),
    )
  );
}

/** Below 0, 0 or above; `undefined` when it is no number. */
export function compareNumber({ value, written }: Found, limit: number): number | undefined {
  if (typeof value !== 'number') return undefined;
  if (written === undefined) return value - limit;
  const [one, other] = [decimalOf(written), decimalOf(String(limit))];
  return one === undefined || other === undefined ? undefined : compareDecimals(one, other);
}

/** As it is written, numbers included. */
export function showFound({ value, written }: Found, document: JsonDocument): string {
  if (written !== undefined) return written;
  return JSON.stringify(value, function replace(this: object, name: string, member: unknown) {
    const source = document.written.get(this)?.get(name);
    return source === undefined ? member : asWritten(source);
  });
}

/** `JSON.rawJSON`, which the compiler does not know yet. */
function asWritten(source: string): unknown {
  const make: unknown = Reflect.get(JSON, 'rawJSON');
  return typeof make === 'function' ? make(source) : source;
}
