import type { FaultCode } from '../core/fault.ts';

/** Codes of the system that speak of this machine, whatever it was asked for. */
const CODES: Readonly<Record<string, FaultCode>> = {
  EMFILE: 'host-descriptors',
  ENFILE: 'host-descriptors',
  ENOMEM: 'host-memory',
  ENOBUFS: 'host-memory',
  EAGAIN: 'host-processes',
  ENOSPC: 'host-disk',
  EDQUOT: 'host-disk',
  EROFS: 'host-disk',
  EIO: 'host-disk',
};

/** The fault of this machine that an error tells of; undefined when it tells of something else. */
export function hostTroubleOf(error: unknown): FaultCode | undefined {
  if (!(error instanceof Error)) return undefined;
  // Node wraps what some calls of libuv answer, and keeps the system's code inside.
  const inner = 'info' in error ? codeIn(error.info) : undefined;
  return CODES[inner ?? codeIn(error) ?? ''];
}

/** The same, in words that quote a code of the system or what it says of one. */
export function hostTroubleIn(text: string): FaultCode | undefined {
  if (/EAGAIN|Resource temporarily unavailable/.test(text)) return 'host-processes';
  if (/ENOMEM|Cannot allocate memory/.test(text)) return 'host-memory';
  if (/EMFILE|ENFILE/.test(text)) return 'host-descriptors';
  return /ENOSPC|No space left/.test(text) ? 'host-disk' : undefined;
}

function codeIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('code' in value)) return undefined;
  return typeof value.code === 'string' ? value.code : undefined;
}
