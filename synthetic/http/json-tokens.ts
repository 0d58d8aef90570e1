const BACKSLASH = 0x5c;
const COLON = 0x3a;
const DELIMITERS = ' \t\r\n{}[],:"';

/** Brackets, texts, numbers and words, in order; commas, colons and blanks are left out. */
export function forEachToken(text: string, take: (token: string) => void): void {
  let at = 0;
  while (at < text.length) {
    const sign = text[at] ?? '';
    if (' \t\r\n,:'.includes(sign)) at += 1;
    else {
      const end = '{}[]'.includes(sign) ? at + 1 : sign === '"' ? endOfText(text, at) : endOfWord(text, at);
      take(text.slice(at, end));
      at = end;
    }
  }
}

function endOfWord(text: string, start: number): number {
  let end = start;
  while (end < text.length && !DELIMITERS.includes(text[end] ?? '')) end += 1;
  return end;
}

/** After the quote that ends a text: one before which an even number of backslashes stands. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 0) return end + 1;
  }
  return text.length;
}

/** Texts that a colon follows. */
export function countNames(text: string): number {
  let names = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at)) {
    at = endOfText(text, at);
    while (isBlank(text.charCodeAt(at))) at += 1;
    if (text.charCodeAt(at) === COLON) names += 1;
  }
  return names;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
