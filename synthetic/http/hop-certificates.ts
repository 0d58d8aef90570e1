import type { Instant } from '../../core/clock.ts';
import type { Measure } from '../../core/measure.ts';
import { certificateLeftMs } from '../net/report.ts';
import type { Hop } from './hop.ts';

/** What a visitor meets on the way: one certificate that has ended and nobody arrives. */
export type HopCertificate = {
  /** Which request, from 0. */
  readonly hop: number;
  /** As it stands in the URL: host, and port unless it is the usual one. */
  readonly host: string;
  readonly leftMs: number;
};

/** Of every hop that showed a certificate, accepted or not, however the run ended. */
export function certificatesOf(hops: readonly Hop[], now: Instant): readonly HopCertificate[] {
  return hops.flatMap(({ place, secured }, hop) => {
    const leftMs = certificateLeftMs(secured, now);
    return leftMs === undefined ? [] : [{ hop, host: place.authority, leftMs }];
  });
}

/** The one that ends first; one whose end cannot be read comes before all others. */
export function endingFirst(certificates: readonly HopCertificate[]): HopCertificate | undefined {
  const [first, ...others] = certificates;
  if (first === undefined) return undefined;
  return others.reduce((least, one) => (Number.isNaN(least.leftMs) || least.leftMs <= one.leftMs ? least : one), first);
}

/** The least over all hops, and that of each where there were several. */
export function certificateMeasures(hops: readonly Hop[], now: Instant): readonly Measure[] {
  const certificates = certificatesOf(hops, now);
  const least = endingFirst(certificates);
  if (least === undefined) return [];
  const each: readonly Measure[] = certificates.map(({ hop, leftMs }) => ({
    name: 'hop.certificate_time_left',
    value: leftMs,
    unit: 'ms',
    labels: { hop: String(hop) },
  }));
  return [...(hops.length > 1 ? each : []), { name: 'certificate_time_left', value: least.leftMs, unit: 'ms' }];
}
