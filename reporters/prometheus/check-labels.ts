import type { Check } from '../../core/check.ts';

/** Labels that every series of a check carries; see CHECK_LABELS. */
export type CheckLabels = Readonly<Record<'check' | 'kind' | 'location' | 'environment' | 'severity', string>>;

export function labelsOf(check: Check, location: string): CheckLabels {
  return {
    check: check.id,
    kind: check.kind,
    location,
    environment: check.target.environment,
    severity: check.severity,
  };
}
