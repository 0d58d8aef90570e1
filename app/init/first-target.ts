import { isLoopback } from '../../config/build-target.ts';
import { ConfigError } from '../../core/errors.ts';
import { isId } from '../../core/identifiers.ts';

/** The application that a first configuration watches. */
export type FirstTarget = {
  readonly name: string;
  readonly origin: string;
  /** Where a visitor begins, e.g. `/` or `/fr/`. */
  readonly path: string;
  /** On this machine: load may be sent without being allowed or armed. */
  readonly isLocal: boolean;
};

/** Reads `--url`; anything that could not be watched is a ConfigError that says what to write. */
export function readFirstTarget(text: string): FirstTarget {
  const url = text.includes('://') ? URL.parse(text) : null;
  if (url === null) throw refuse(text, 'is not a whole URL', `write the protocol too, e.g. '${guessWhole(text)}'`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refuse(text, `has the protocol '${url.protocol}'`, 'http and https can be watched');
  if (url.username !== '' || url.password !== '')
    throw refuse(
      `${url.protocol}//…@${url.host}`,
      'holds a user or a password',
      "leave it out and give the http check `auth` with secret('NAME'): no secret may stand in a configuration",
    );
  return {
    name: nameOf(url.hostname),
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    isLocal: isLoopback(url.hostname),
  };
}

/** `shop.example.org` is a fine name; `127.0.0.1` and `localhost` say nothing. */
function nameOf(hostname: string): string {
  const isName = isId(hostname) && /[a-z]/.test(hostname) && !isLoopback(hostname);
  return isName ? hostname.replace(/^www\./, '') : 'app';
}

function refuse(text: string, problem: string, hint: string): ConfigError {
  return new ConfigError([{ path: '--url', message: `'${text}' ${problem}`, hint }]);
}

/** What was probably meant: people leave out the protocol. */
function guessWhole(text: string): string {
  const guess = URL.parse(`https://${text.replace(/^[/:\s]+/, '').trim()}`);
  if (guess === null || guess.hostname === '') return 'https://app.example';
  return `${isLoopback(guess.hostname) ? 'http' : 'https'}://${guess.host}`;
}
