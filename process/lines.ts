import { StringDecoder } from 'node:string_decoder';

export type LineSplitter = { readonly add: (chunk: Buffer) => void; readonly end: () => void };

const LINE_CAP_CHARACTERS = 64 * 1024;
const LINE_NOTICE = ' [vigie: rest of the line dropped]';

/** Calls back once per line, without its line end. A line beyond 64 Ki characters is cut and says so. */
export function splitLines(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  const take = (text: string): void => {
    const parts = text.split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      const line = pending + part;
      pending = '';
      onLine(cutLine(line).replace(/\r$/, ''));
    }
    // One character more than the cap is kept: it is how `cutLine` knows that there was more.
    pending = (pending + last).slice(0, LINE_CAP_CHARACTERS + 1);
  };
  return {
    add: (chunk) => take(decoder.write(chunk)),
    end: () => {
      take(decoder.end());
      if (pending !== '') onLine(cutLine(pending));
      pending = '';
    },
  };
}

function cutLine(line: string): string {
  return line.length > LINE_CAP_CHARACTERS ? line.slice(0, LINE_CAP_CHARACTERS) + LINE_NOTICE : line;
}
