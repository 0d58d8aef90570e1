import assert from 'node:assert/strict';

/** A text for people is free in its wording, and must name these: what was given, where it stands, what to take instead. */
export function assertNames(text: string, names: readonly string[]): void {
  for (const name of names) assert.ok(text.includes(name), `'${name}' is not named in:\n${text}`);
}
