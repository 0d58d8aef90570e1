/** One simulated ELM327 adapter with a running engine behind it. */
type Elm327 = { respond(command: string): string };

type Settings = { echo: boolean; linefeeds: boolean; spaces: boolean; headers: boolean };

const version = 'ELM327 v1.5';
const vin = 'VF15RBJ0D55812347';
/** Trouble codes of modes 03 and 07, as they stand on the wire. */
const storedCodes = ['0420', '0171'];

/**
 * Answers as the real chip does: upper-case hexadecimal bytes, then a prompt. `elapsedMs` is the time since the engine
 * was started; the values move with it, so that a dashboard has something to show.
 */
export function createElm327(elapsedMs: () => number): Elm327 {
  let settings = initialSettings();
  let codes: readonly string[] = storedCodes;

  const answer = (command: string): string => {
    if (command.startsWith('AT')) {
      if (command === 'ATZ' || command === 'ATD') settings = initialSettings();
      return answerAdapter(command.slice(2), settings);
    }
    if (command === '04') codes = [];
    return answerEngine(command, elapsedMs() / 1000, codes);
  };
  return {
    respond(raw) {
      const command = raw.toUpperCase().replace(/\s/g, '');
      const { echo } = settings;
      const lines = answer(command);
      const text = settings.spaces ? lines : lines.replace(/(?<=[\dA-F]{2}) (?=[\dA-F]{2})/g, '');
      const end = settings.linefeeds ? '\r\n' : '\r';
      return `${echo ? `${raw}${end}` : ''}${text}${end}${end}>`;
    },
  };
}

function initialSettings(): Settings {
  return { echo: true, linefeeds: false, spaces: true, headers: false };
}

function answerAdapter(command: string, settings: Settings): string {
  const [, name, value] = /^([ELSH])([01])$/.exec(command) ?? [];
  if (name !== undefined) {
    const keys = { E: 'echo', L: 'linefeeds', S: 'spaces', H: 'headers' } as const;
    settings[keys[name as keyof typeof keys]] = value === '1';
    return 'OK';
  }
  if (command === 'Z' || command === 'I') return version;
  if (command === 'RV') return '13.9V';
  if (command === 'DP') return 'AUTO, ISO 15765-4 (CAN 11/500)';
  if (command === 'D' || /^SP[0-9A]$/.test(command) || /^ST[\dA-F]{2}$/.test(command)) return 'OK';
  return '?';
}

/** Modes of SAE J1979: 01 live data, 03 trouble codes, 04 clear them, 09 vehicle information. */
function answerEngine(command: string, seconds: number, codes: readonly string[]): string {
  if (!/^[\dA-F]{2,4}$/.test(command)) return '?';
  if (command === '03')
    return `43 ${bytes(codes.length, 1)}${codes.map((code) => ` ${code.slice(0, 2)} ${code.slice(2)}`).join('')}`;
  if (command === '04') return '44';
  if (command === '0902') return `49 02 01 ${[...vin].map((character) => bytes(character.charCodeAt(0), 1)).join(' ')}`;
  const value = liveData(command.slice(2), seconds);
  return command.startsWith('01') && value !== undefined ? `41 ${command.slice(2)} ${value}` : 'NO DATA';
}

function liveData(pid: string, seconds: number): string | undefined {
  const wave = (Math.sin(seconds / 3) + 1) / 2;
  switch (pid) {
    case '00':
      return 'BE 3F A8 13';
    case '01':
      return '82 07 E5 00';
    case '04':
      return bytes(60 + wave * 90, 1);
    case '05':
      // Coolant warms up from 20 to 90 degrees within two minutes; the value is offset by 40.
      return bytes(40 + Math.min(90, 20 + seconds * 0.6), 1);
    case '0C':
      return bytes((850 + wave * 1650) * 4, 2);
    case '0D':
      return bytes(wave * 50, 1);
    case '11':
      return bytes(30 + wave * 80, 1);
    default:
      return undefined;
  }
}

function bytes(value: number, count: 1 | 2): string {
  const hex = Math.round(value)
    .toString(16)
    .toUpperCase()
    .padStart(count * 2, '0');
  return count === 1 ? hex : `${hex.slice(0, 2)} ${hex.slice(2)}`;
}
