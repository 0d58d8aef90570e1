import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diff } from 'node:util';

const END = '.golden.txt';
const AROUND = 2;

export const RENEW = 'VIGIE_RENEW_GOLDEN';

/** The commands that have a golden text here. */
export function commandsWithGolden(folder: string): readonly string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(END));
  return files.map((file) => file.slice(0, -END.length).replaceAll('-', ' ')).sort();
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Fails with the difference when a command says something else than its golden text, or writes that anew when asked to. */
export function compareWithGolden(folder: string, command: string, text: string, environment: Environment): void {
  const file = join(folder, `${command.replaceAll(' ', '-')}${END}`);
  if (isRenewal(environment)) {
    writeFileSync(file, text);
    return;
  }
  const golden = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (golden !== text) throw new Error(`${file} says otherwise:\n\n${differenceOf(golden, text)}\n\n${HOW}`);
}

const HOW = `- is the golden text, + is what it says now. If that is right: ${RENEW}=1 npm test -- test/golden, and read what git shows.`;

/** A renewal agrees with everything, so on CI it would prove nothing. */
function isRenewal({ CI, [RENEW]: renew = '' }: Environment): boolean {
  if (renew === '') return false;
  if (CI !== undefined && CI !== '') throw new Error(`${RENEW} is not for CI: renew on your machine and check it in`);
  return true;
}

/** The lines that differ, with what stands around them. */
export function differenceOf(golden: string, text: string): string {
  // 1 stands for a line that only the first has.
  const lines = diff(golden.split('\n'), text.split('\n')).map(([operation, line]) => ({
    differs: operation !== 0,
    shown: `${operation === 0 ? ' ' : operation > 0 ? '-' : '+'} ${line}`,
  }));
  return lines
    .map(({ shown }, index) => (isNear(lines, index) ? shown : undefined))
    .filter((shown, index, all) => shown !== undefined || index === 0 || all[index - 1] !== undefined)
    .map((shown) => shown ?? '  …')
    .join('\n');
}

function isNear(lines: readonly { readonly differs: boolean }[], index: number): boolean {
  return lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ differs }) => differs);
}
