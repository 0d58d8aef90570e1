import type { OcrFields } from './fields.ts';

const lookalikes: Readonly<Record<string, string>> = {
  '0': '8',
  '1': '7',
  '2': '7',
  '3': '8',
  '4': '9',
  '5': '6',
  '6': '8',
  '7': '1',
  '8': '3',
  '9': '4',
  B: 'R',
  D: 'O',
  E: 'F',
  F: 'P',
  G: 'C',
  K: 'X',
  M: 'N',
  R: 'P',
  S: '5',
  V: 'Y',
  Z: '2',
};

/** The fault `ocrMisreading`: replaces a share of each field's characters by ones that look alike, at least one. */
export function misread(fields: OcrFields, share: number, random: () => number): OcrFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, misreadText(value, share, random)]));
}

function misreadText(text: string, share: number, random: () => number): string {
  const characters = [...text];
  const places = characters.flatMap((character, index) => (/[\p{L}\d]/u.test(character) ? [index] : []));
  const count = Math.min(places.length, Math.max(1, Math.round(places.length * share)));
  for (let done = 0; done < count; done += 1) {
    const [place = 0] = places.splice(Math.floor(random() * places.length), 1);
    const original = characters[place] ?? '';
    characters[place] = lookalikes[original.toUpperCase()] ?? (original === 'N' ? 'M' : 'N');
  }
  return characters.join('');
}
