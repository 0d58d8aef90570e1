/** A string as a person writes it in TypeScript. What came out of a parsed URL holds no line break. */
export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
