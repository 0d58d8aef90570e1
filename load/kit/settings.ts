/**
 * Settings of a scenario. Under Vigie they come from the `env` of the check, under plain k6 from `k6 run -e NAME=value`.
 * Wrong ones stop the script while it is loaded, before any load.
 */

/** A number from the environment. @example numberSetting('VUS', 100, { least: 1, most: 1_000 }) */
export function numberSetting(
  name: string,
  fallback: number,
  { least = 0, most = Number.MAX_SAFE_INTEGER }: { readonly least?: number; readonly most?: number } = {},
): number {
  const text = read(name);
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isFinite(value) && value >= least && value <= most) return value;
  throw new Error(`${name} is '${text}'; give a number from ${least} to ${most}`);
}

/** Text from the environment. @example textSetting('PLAN', 'confort') */
export function textSetting(name: string, fallback: string): string {
  return read(name) ?? fallback;
}

/** A duration as k6 writes it, e.g. `5m` or `1m30s`. @example durationSetting('DURATION', '5m') */
export function durationSetting(name: string, fallback: string): string {
  const text = read(name);
  if (text === undefined) return fallback;
  if (/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return text;
  throw new Error(`${name} is '${text}'; give a duration such as 30s, 5m or 1m30s`);
}

/** A base URL without a slash at its end; the first of the names that is set. @example urlSetting(['VIGIE_API', 'VIGIE_TARGET'], 'http://127.0.0.1:5000') */
export function urlSetting(names: readonly string[], fallback: string): string {
  const name = names.find((candidate) => read(candidate) !== undefined);
  const text = name === undefined ? fallback : (read(name) ?? fallback);
  if (/^https?:\/\/[^/\s]+/.test(text)) return text.replace(/\/+$/, '');
  throw new Error(`${name} is '${text}'; give an address such as http://127.0.0.1:5000`);
}

function read(name: string): string | undefined {
  const text = __ENV[name];
  return text === undefined || text === '' ? undefined : text;
}
