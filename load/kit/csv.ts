/**
 * Reads CSV (RFC 4180: quotes, doubled quotes, line breaks within quotes) with a header line into one object per row.
 * Throws for a row with another number of fields, naming its line.
 */
export function parseCsv(text: string, separator = ','): readonly Readonly<Record<string, string>>[] {
  const [header, ...rows] = splitRows(text.replace(/^\uFEFF/, ''), separator);
  if (header === undefined) return [];
  return rows.map(({ fields, line }) => {
    if (fields.length !== header.fields.length)
      throw new Error(`CSV line ${line} has ${fields.length} fields, the header has ${header.fields.length}`);
    return Object.fromEntries(header.fields.map((name, index) => [name, fields[index] ?? '']));
  });
}

type Row = { readonly fields: readonly string[]; readonly line: number };

function splitRows(text: string, separator: string): readonly Row[] {
  const rows: Row[] = [];
  let fields: string[] = [];
  let line = 1;
  let start = 1;
  const endRow = (): void => {
    // An empty line is no row.
    if (fields.length > 1 || fields[0] !== '') rows.push({ fields, line: start });
    fields = [];
    start = line;
  };
  for (let at = 0; at <= text.length; ) {
    const { value, end } = readField(text, at, separator);
    fields.push(value);
    line += text.slice(at, end).split('\n').length - 1;
    at = end + 1;
    if (text[end] === separator) continue;
    line += 1;
    endRow();
  }
  return rows;
}

/** `end` is where the separator, the line feed or the end of the text stands. */
function readField(text: string, at: number, separator: string): { readonly value: string; readonly end: number } {
  if (text[at] === '"') return readQuoted(text, at, separator);
  let end = at;
  while (end < text.length && text[end] !== separator && text[end] !== '\n') end += 1;
  return { value: text.slice(at, end).replace(/\r$/, ''), end };
}

function readQuoted(text: string, at: number, separator: string): { readonly value: string; readonly end: number } {
  let close = text.indexOf('"', at + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close < 0) throw new Error(`CSV: a quote is never closed, it begins with ${text.slice(at, at + 20)}`);
  let end = close + 1;
  if (text[end] === '\r') end += 1;
  if (end < text.length && text[end] !== separator && text[end] !== '\n')
    throw new Error(`CSV: text after a closing quote: ${text.slice(at, end + 10)}`);
  return { value: text.slice(at + 1, close).replaceAll('""', '"'), end };
}
