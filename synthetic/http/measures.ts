import type { MeasureCatalogue } from '../../core/measure.ts';

/** What an http check can produce; names are API. A phase that did not take place is absent, never 0. */
export const HTTP_MEASURES = {
  total: {
    unit: 'ms',
    gated: { floor: 5 },
    help: 'From the start of the attempt to the last byte read, over all redirects.',
  },
  'phase.resolve': { unit: 'ms', help: 'Resolving names, over all redirects. Absent behind a proxy.' },
  'phase.proxy': { unit: 'ms', help: 'Reaching the proxy and having it open a tunnel.' },
  'phase.connect': { unit: 'ms', help: 'Connecting, over all redirects. Absent behind a proxy.' },
  'phase.tls': { unit: 'ms', help: 'Full TLS handshakes, over all redirects.' },
  'phase.first_byte': { unit: 'ms', help: 'From sending the request to the head of the answer, over all redirects.' },
  'phase.transfer': { unit: 'ms', help: 'Reading the body of the last answer.' },
  'hop.*': {
    unit: 'ms',
    help: 'The phases of one request and its certificate_time_left, e.g. hop.tls with label hop=1; only when there were redirects.',
  },
  redirects: { unit: 'count', help: 'Redirects followed.' },
  status_code: { unit: 'count', help: 'Status of the last answer.' },
  body_bytes: {
    unit: 'bytes',
    help: 'Decoded bytes of the body, at most the limit that is read.',
  },
  certificate_time_left: {
    unit: 'ms',
    help: 'Time until the first certificate that is not a root ends, the least over all redirects; negative when it has ended. Known also when verification fails.',
  },
} as const satisfies MeasureCatalogue;
