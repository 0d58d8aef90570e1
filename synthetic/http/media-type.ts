import { MIMEType } from 'node:util';

/** How a body is to be read by what the answer says of it. */
export type MediaType = {
  readonly form: 'html' | 'xml' | 'json' | 'other';
  /** As the header has it: it may be a label that nobody knows. */
  readonly charset?: string;
};

const UNSAID: MediaType = { form: 'html' };
const MOST_REMEMBERED = 256;
const remembered = new Map<string, MediaType>();

/** The type of a body by its headers `content-type`, joined as the Fetch standard does: the last one counts, a charset is kept. */
export function mediaTypeOf(values: readonly string[] | undefined): MediaType {
  const header = values?.join(',') ?? '';
  const known = remembered.get(header);
  if (known !== undefined) return known;
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  const made = parse(header);
  remembered.set(header, made);
  return made;
}

function parse(header: string): MediaType {
  let found: { essence: string; charset?: string } | undefined;
  for (const value of header.split(',')) {
    const one = read(value);
    if (one === undefined || one.essence === '*/*') continue;
    const charset = one.charset ?? (found?.essence === one.essence ? found.charset : undefined);
    found = { essence: one.essence, ...(charset === undefined ? {} : { charset }) };
  }
  // What has no type is looked at as a page, as browsers do.
  if (found === undefined) return UNSAID;
  const form = formOf(found.essence);
  return found.charset === undefined ? { form } : { form, charset: found.charset };
}

function read(value: string): { readonly essence: string; readonly charset?: string } | undefined {
  try {
    const { essence, params } = new MIMEType(value);
    const charset = params.get('charset');
    return charset === null ? { essence } : { essence, charset };
  } catch {
    // No media type: browsers pass over it as well.
    return undefined;
  }
}

function formOf(essence: string): MediaType['form'] {
  if (essence === 'text/html') return 'html';
  if (/[/+]xml$/.test(essence)) return 'xml';
  return /[/+]json$/.test(essence) ? 'json' : 'other';
}
