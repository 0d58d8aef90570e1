/** Charsets in which programs write text, and as which they read it, rightly or wrongly. */
export type Charset = 'utf8' | 'latin1' | 'windows-1252' | 'utf16le' | 'utf16be';

/** The bytes of a text; `undefined` when the charset has none for one of its signs. */
export function encode(text: string, charset: Charset): Buffer | undefined {
  switch (charset) {
    case 'utf8':
    case 'utf16le':
      return Buffer.from(text, charset);
    case 'utf16be':
      return Buffer.from(text, 'utf16le').swap16();
    case 'latin1':
      return /^[\0-\xff]*$/.test(text) ? Buffer.from(text, 'latin1') : undefined;
    case 'windows-1252': {
      const bytes = [...text].map((sign) => (sign < '\x80' ? sign.charCodeAt(0) : WINDOWS_1252.indexOf(sign)));
      return bytes.includes(-1) ? undefined : Buffer.from(bytes);
    }
  }
}

/** What is read when bytes are taken for text in the charset; never fails. */
export function decode(bytes: Uint8Array, charset: 'utf8' | 'latin1' | 'windows-1252'): string {
  const { buffer, byteOffset, byteLength } = bytes;
  if (charset === 'windows-1252') return [...bytes].map((byte) => WINDOWS_1252[byte] ?? '').join('');
  return Buffer.from(buffer, byteOffset, byteLength).toString(charset);
}

/** The sign of each byte. */
const WINDOWS_1252: readonly string[] = [
  ...new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
];
