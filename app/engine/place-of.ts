import type { Check } from '../../core/check.ts';
import { KINDS } from '../kinds.ts';
import { endpointOf } from './witness-stand.ts';

/** Host and port that a check connects to, by which checks of one target are told from those of others. */
export function placeOf(check: Check): string | undefined {
  const kind = KINDS.find((known) => known.kind === check.kind);
  const endpoint = kind === undefined ? undefined : endpointOf(check, kind);
  return endpoint === undefined ? undefined : `${endpoint.host}:${endpoint.port}`;
}
