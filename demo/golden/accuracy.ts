import type { OcrFields } from '../ocr/fields.ts';
import { editDistance } from '../text/edit-distance.ts';

export type Accuracy = {
  readonly fields: number;
  readonly exact: number;
  readonly characters: number;
  readonly errors: number;
};

/** Compares what was read with what stands in the picture; a field not read counts all its characters as errors. */
export function compareFields(expected: OcrFields, actual: OcrFields): Accuracy {
  const pairs = Object.entries(expected).map(([name, value]): [string, string] => [
    value,
    actual[name as keyof OcrFields] ?? '',
  ]);
  return {
    fields: pairs.length,
    exact: pairs.filter(([want, got]) => want === got).length,
    characters: pairs.reduce((sum, [want]) => sum + want.length, 0),
    errors: pairs.reduce((sum, [want, got]) => sum + editDistance(want, got), 0),
  };
}

export function addAccuracy(a: Accuracy, b: Accuracy): Accuracy {
  return {
    fields: a.fields + b.fields,
    exact: a.exact + b.exact,
    characters: a.characters + b.characters,
    errors: a.errors + b.errors,
  };
}
