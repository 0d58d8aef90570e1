import { SetupError } from './error.mjs';

export const VARIABLE = 'VIGIE_SYSTEM_PACKAGES';

/**
 * Whether set-up may install Debian's packages and read their lists anew, where it can at all.
 * @param {Readonly<Record<string, string | undefined>>} env
 */
export function maySystemPackages(env) {
  const value = env[VARIABLE] ?? '';
  if (value === '' || value === '1') return true;
  if (value === '0') return false;
  const hint = '0: install no system packages; 1 or not set: install what is missing, as root on Debian';
  throw new SetupError(`${VARIABLE} is '${value}'; it can be 0 or 1`, hint, 3);
}
