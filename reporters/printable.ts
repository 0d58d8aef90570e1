const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text of a target on one line of a terminal: it can neither colour, move the cursor, turn the writing around nor begin a line of its own. */
export function printable(text: string): string {
  return text.replace(BREAKS, ' ').replace(UNSAFE, '\ufffd');
}
