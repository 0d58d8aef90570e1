import type { Instant } from '../../core/clock.ts';
import type { Measure } from '../../core/measure.ts';
import type { Span } from './attempt.ts';
import type { Connection } from './connector.ts';
import type { Secured } from './secure.ts';

export type Handshaken = Omit<Secured, 'socket'>;

/** One measure per phase, summed over the requests of a run. */
export function phaseMeasures(spans: readonly Span[]): Measure[] {
  const sums: { name: string; value: number; unit: 'ms' }[] = [];
  for (const { phase, durationMs } of spans) {
    const name = `phase.${phase}`;
    const sum = sums.find((one) => one.name === name);
    if (sum === undefined) sums.push({ name, value: durationMs, unit: 'ms' });
    else sum.value += durationMs;
  }
  return sums;
}

/** From the start of the attempt to the end of its last phase. */
export function totalMeasure(spans: readonly Span[]): Measure {
  const last = spans.at(-1);
  return { name: 'total', value: last === undefined ? 0 : last.startMs + last.durationMs, unit: 'ms' };
}

/** Time until the first certificate that matters ends; `undefined` when the server showed none. */
export function certificateLeftMs(secured: Handshaken | undefined, now: Instant): number | undefined {
  return secured?.certificate === undefined ? undefined : secured.certificate.earliestValidTo - now;
}

type Facts = Record<string, string>;

export function connectionFacts({ address, passedOver }: Connection): Facts {
  return {
    remoteAddress: address.address,
    addressFamily: `IPv${address.family}`,
    ...(passedOver.length === 0 ? {} : { passedOver: passedOver.join(', ') }),
  };
}

export function tlsFacts({ version, cipher, certificate, problem }: Handshaken): Facts {
  return {
    tlsVersion: version,
    tlsCipher: cipher,
    ...(certificate === undefined
      ? {}
      : {
          certificateSubject: certificate.subject,
          certificateIssuer: certificate.issuer,
          certificateExpires: isoDate(certificate.validTo),
          certificateEarliestExpiry: isoDate(certificate.earliestValidTo),
          certificateFingerprint: certificate.fingerprint,
        }),
    ...(problem === undefined ? {} : { certificateProblem: problem.code }),
  };
}

export function isoDate(at: Instant): string {
  return Number.isNaN(at) ? 'unreadable' : new Date(at).toISOString();
}
