/** What a registration document or a plate says; a field that could not be read is absent. */
export type OcrFields = {
  readonly plate?: string;
  readonly vin?: string;
  /** ISO date of first registration. */
  readonly firstRegistration?: string;
  readonly make?: string;
  readonly model?: string;
};

type FieldName = keyof OcrFields;

const makes = [
  'RENAULT',
  'PEUGEOT',
  'CITROEN',
  'DACIA',
  'VOLKSWAGEN',
  'FORD',
  'TOYOTA',
  'FIAT',
  'OPEL',
  'NISSAN',
  'AUDI',
  'BMW',
  'MERCEDES',
  'SEAT',
  'SKODA',
  'KIA',
  'HYUNDAI',
  'SUZUKI',
  'VOLVO',
];

/** Finds the fields in recognised text by their own shape; field codes such as D.1 are too often misread to lean on. */
export function readFields(text: string): OcrFields {
  const lines = text
    .normalize('NFC')
    .toUpperCase()
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const make = findMake(lines);
  return present({
    plate: findPlate(text),
    vin: findVin(lines),
    firstRegistration: findDate(text),
    make: make?.name,
    model: make && findModel(lines, make.line),
  });
}

/** AA-123-BB. Letters I, O and U are never issued, so a misread 1 or 0 can be told from them. */
export function findPlate(text: string): string | undefined {
  const [, left, digits, right] =
    /([A-Z0-9]{2})\s?[-–—·.]\s?([0-9OISBZ]{3})\s?[-–—·.]\s?([A-Z0-9]{2})(?![0-9])/.exec(text.toUpperCase()) ?? [];
  if (left === undefined || digits === undefined || right === undefined) return undefined;
  return `${asLetters(left)}-${asDigits(digits)}-${asLetters(right)}`;
}

/** Seventeen characters; I, O and Q do not occur in a VIN (ISO 3779), so they are misread 1 and 0. */
function findVin(lines: readonly string[]): string | undefined {
  return lines
    .flatMap((line) => line.split(/\s+/))
    .map((word) => word.replace(/[^A-Z0-9]/g, ''))
    .filter((word) => word.length === 17 && /\d{3}$/.test(asDigits(word.slice(-5))) && /[A-Z]/.test(word))
    .map((word) => word.replaceAll('I', '1').replace(/[OQ]/g, '0'))[0];
}

function findDate(text: string): string | undefined {
  const [, day, month, year] = /\b([0-3]\d)[/.\s]([01]\d)[/.\s]((?:19|20)\d\d)\b/.exec(text) ?? [];
  return day === undefined ? undefined : `${year}-${month}-${day}`;
}

function findMake(lines: readonly string[]): { readonly name: string; readonly line: number } | undefined {
  for (const [index, line] of lines.entries()) {
    const plain = line.normalize('NFD').replace(/\p{M}/gu, '');
    const name = makes.find((make) => plain.includes(make));
    if (name !== undefined) return { name, line: index };
  }
  return undefined;
}

/** The commercial name (D.3) is the last word of the next line. */
function findModel(lines: readonly string[], makeLine: number): string | undefined {
  const words = (lines[makeLine + 1] ?? '').split(/\s+/).map((word) => word.replace(/[^A-Z0-9-]/g, ''));
  return words.findLast((word) => word.length >= 2 && word.length <= 12);
}

function asLetters(text: string): string {
  return text
    .replaceAll('0', 'D')
    .replaceAll('8', 'B')
    .replaceAll('5', 'S')
    .replaceAll('6', 'G')
    .replaceAll('2', 'Z')
    .replaceAll('1', 'T')
    .replaceAll('3', 'J')
    .replaceAll('4', 'A');
}

function asDigits(text: string): string {
  return text.replaceAll('O', '0').replaceAll('I', '1').replaceAll('S', '5').replaceAll('B', '8').replaceAll('Z', '2');
}

function present(fields: { readonly [Name in FieldName]: string | undefined }): OcrFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
