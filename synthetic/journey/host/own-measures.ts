import type { Labels, Measure } from '../../../core/measure.ts';
import { UNITS, type Unit } from '../../../core/units.ts';

export type OwnMeasures = {
  readonly measure: (name: string, value: number, unit: Unit, labels?: Labels) => void;
  readonly measures: () => readonly Measure[];
};

const NAME = /^[a-z][a-z0-9_.]{0,60}$/;
const MOST = 10_000;
const LONGEST_LABEL = 60;

/** What a journey measures itself. Mistakes throw where they are made: a silently dropped value would be a false green. */
export function recordOwnMeasures(): OwnMeasures {
  const measures: Measure[] = [];
  return {
    measure: (name, value, unit, labels) => {
      if (!NAME.test(name)) {
        throw new TypeError(
          `measure('${name}'): a name is a small letter, then small letters, digits, '_' or '.', 61 at most`,
        );
      }
      if (!Number.isFinite(value))
        throw new TypeError(`measure('${name}'): the value must be a finite number, got ${value}`);
      if (!UNITS.includes(unit))
        throw new TypeError(`measure('${name}'): '${unit}' is no unit; use ${UNITS.join(', ')}`);
      for (const [label, text] of Object.entries(labels ?? {})) refuseLabel(name, label, text);
      if (measures.length >= MOST) throw new RangeError(`measure('${name}'): more than ${MOST} measures in one run`);
      measures.push({ name: `custom.${name}`, value, unit, ...(labels === undefined ? {} : { labels }) });
    },
    measures: () => measures,
  };
}

/** The types say as much; a journey in JavaScript has none, and the engine would refuse the whole result. */
function refuseLabel(name: string, label: string, text: unknown): void {
  if (label.length > LONGEST_LABEL)
    throw new TypeError(
      `measure('${name}'): the name of a label has ${LONGEST_LABEL} characters at most, got '${label}'`,
    );
  if (typeof text !== 'string')
    throw new TypeError(`measure('${name}'): label '${label}' must be a text, got ${text}; write '${text}'`);
}
