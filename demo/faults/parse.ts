import { editDistance } from '../text/edit-distance.ts';
import { type FaultName, type FaultValues, faultDefinitions, isFaultName } from './definitions.ts';

export type FaultProblem = { readonly name: string; readonly message: string; readonly suggestion?: string };
/** A change of one switch; `undefined` as value means that it is turned off. */
type FaultChange = { readonly name: FaultName; readonly value: FaultValues[FaultName] };
type ParsedFaults = { readonly changes: readonly FaultChange[]; readonly problems: readonly FaultProblem[] };

/** Reads a record of switches. All problems are collected; the caller applies either every change or none. */
export function parseFaults(input: unknown): ParsedFaults {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    const message = `expected a JSON object such as {"latency": 300}, got ${describe(input)}`;
    return { changes: [], problems: [{ name: '', message }] };
  }
  const outcomes = Object.entries(input).map(([name, value]) => parseFault(name, value));
  return {
    changes: outcomes.filter((outcome) => 'value' in outcome),
    problems: outcomes.filter((outcome) => 'message' in outcome),
  };
}

/** Reads one `name=value` from the command line; the value is JSON where it can be, else text. */
export function parseFaultFlag(text: string): Readonly<Record<string, unknown>> {
  const separator = text.indexOf('=');
  if (separator < 0) return { [text]: true };
  const raw = text.slice(separator + 1);
  try {
    return { [text.slice(0, separator)]: JSON.parse(raw) };
  } catch {
    // Not JSON, hence plain text such as +15%.
    return { [text.slice(0, separator)]: raw };
  }
}

function parseFault(name: string, value: unknown): FaultChange | FaultProblem {
  if (!isFaultName(name)) return unknownName(name);
  if (value === false || value === null || (value === 0 && name !== 'latencyFactor')) return { name, value: undefined };
  const definition = faultDefinitions[name];
  const parsed = definition.schema.safeParse(value);
  if (parsed.success) return { name, value: parsed.data };
  const why = parsed.error.issues.map((issue) => [...issue.path, issue.message].join(': ')).join('; ');
  return {
    name,
    message: `${name} got ${describe(value)}: ${why}`,
    suggestion: `${definition.effect}; for example ${JSON.stringify({ [name]: definition.example })}`,
  };
}

function unknownName(name: string): FaultProblem {
  const names = Object.keys(faultDefinitions);
  const nearest = names
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const near = nearest !== undefined && nearest.distance <= Math.max(3, name.length / 2);
  const suggestion = near ? `did you mean ${nearest.candidate}?` : `known switches: ${names.join(', ')}`;
  return { name, message: `there is no fault switch "${name}"`, suggestion };
}

function describe(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 120);
}
