/** One module that a file names: by import, export-from or import(), for values or for types alone. */
export type NamedModule = { readonly specifier: string; readonly line: number };

type Token = { readonly kind: 'word' | 'text' | 'mark'; readonly value: string; readonly line: number };

/**
 * Reads the modules that a TypeScript or JavaScript file names, types included, comments, strings and regular
 * expressions left out.
 *
 * A tokenizer of our own: TypeScript 7 offers no parser to programs, stripping types would drop the type imports that
 * this is about, and a word followed by a string (`from 'x'`, `import 'x'`) is nothing else in these languages.
 */
export function readImports(source: string): readonly NamedModule[] {
  const tokens = tokenize(source);
  const found: NamedModule[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word' || (token.value !== 'import' && token.value !== 'from')) continue;
    if (tokens[index - 1]?.value === '.') continue;
    const isCall = token.value === 'import' && tokens[index + 1]?.value === '(';
    const named = tokens[index + (isCall ? 2 : 1)];
    if (named?.kind === 'text') found.push({ specifier: named.value, line: named.line });
  }
  return found;
}

const WORD = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy;
const BLANK = /\s+/y;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
/** A string ends at its line's end at the latest, so that one misread character cannot swallow the file. */
const TEXT = /'((?:[^'\\\n]|\\[\s\S])*)'?|"((?:[^"\\\n]|\\[\s\S])*)"?/y;
const REGULAR = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const NUMBER = /\d[\w.]*/y;
const TEMPLATE = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{|$)/y;
/** After one of these words a slash begins a regular expression; after any other word it divides. */
const BEFORE_REGULAR = new Set(
  'return typeof case do else in of void delete throw new instanceof await yield'.split(' '),
);

function tokenize(source: string): readonly Token[] {
  const scanner = new Scanner(source);
  while (!scanner.isAtEnd) scanner.step();
  return scanner.tokens;
}

class Scanner {
  readonly tokens: Token[] = [];
  readonly #source: string;
  #at = 0;
  #line = 1;
  /** For each open `${` the number of braces open inside it. */
  readonly #templates: number[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#source.length;
  }

  /** Reads one token, or what stands between two. */
  step(): void {
    if (this.#take(BLANK) || this.#take(COMMENT)) return;
    const line = this.#line;
    const text = this.#take(TEXT);
    const word = text === null ? this.#take(WORD) : null;
    if (text) this.#add('text', text[1] ?? text[2] ?? '', line);
    else if (word) this.#add('word', word[0], line);
    else if (this.#take(NUMBER) || (mayBeRegular(this.tokens.at(-1)) && this.#take(REGULAR)))
      this.#add('mark', '0', line);
    else this.#takeMark();
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source);
    if (match !== null) this.#advance(match[0]);
    return match;
  }

  #advance(text: string): void {
    this.#at += text.length;
    for (const character of text) if (character === '\n') this.#line += 1;
  }

  #add(kind: Token['kind'], value: string, line: number): void {
    this.tokens.push({ kind, value, line });
  }

  #takeMark(): void {
    const mark = this.#source[this.#at] ?? '';
    const line = this.#line;
    this.#advance(mark);
    const depth = this.#templates.pop();
    if (mark === '`') {
      if (depth !== undefined) this.#templates.push(depth);
      this.#takeTemplate();
    } else if (mark === '}' && depth === 0) {
      this.#takeTemplate();
    } else {
      if (depth !== undefined) this.#templates.push(depth + (mark === '{' ? 1 : mark === '}' ? -1 : 0));
      this.#add('mark', mark, line);
    }
  }

  /** Reads a template from after its backtick, or from after a `}` inside it, up to its end or the next `${`. */
  #takeTemplate(): void {
    const line = this.#line;
    const [text = ''] = this.#take(TEMPLATE) ?? [];
    if (text.endsWith('${')) this.#templates.push(0);
    // Only a template without `${}` is as good as a string.
    else this.#add('text', text.slice(0, -1), line);
  }
}

function mayBeRegular(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === 'word') return BEFORE_REGULAR.has(before.value);
  return before.kind === 'mark' && !['0', ')', ']', '}'].includes(before.value);
}
