import { StringDecoder } from 'node:string_decoder';
import { CUT_MARK } from '../core/cut.ts';

export type LineSplitter = { readonly add: (chunk: Buffer) => void; readonly end: () => void };

const LINE_CAP_CHARACTERS = 64 * 1024;
/** Of a line that is cut, this much of its end is kept: what tells a log line's kind may stand on either side of its text. */
const TAIL_CHARACTERS = 4 * 1024;
const LINE_NOTICE = `${CUT_MARK} [vigie: middle of the line dropped] ${CUT_MARK}`;

/** Calls back once per line, without its line end. A line beyond 64 Ki characters loses its middle and says so. */
export function splitLines(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  let isCut = false;
  const add = (text: string): void => {
    pending += text;
    if (pending.length <= LINE_CAP_CHARACTERS) return;
    isCut = true;
    pending = pending.slice(0, LINE_CAP_CHARACTERS - TAIL_CHARACTERS) + pending.slice(-TAIL_CHARACTERS);
  };
  const end = (): void => {
    const line = isCut ? pending.slice(0, -TAIL_CHARACTERS) + LINE_NOTICE + pending.slice(-TAIL_CHARACTERS) : pending;
    pending = '';
    isCut = false;
    onLine(line.replace(/\r$/, ''));
  };
  const take = (text: string): void => {
    const [first = '', ...rest] = text.split('\n');
    add(first);
    for (const part of rest) {
      end();
      add(part);
    }
  };
  return {
    add: (chunk) => take(decoder.write(chunk)),
    end: () => {
      take(decoder.end());
      if (pending !== '') end();
    },
  };
}
