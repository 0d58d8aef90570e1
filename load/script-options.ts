import { suggest } from '../core/suggest.ts';

/** The options that a script may export, as `k6 inspect` of 2.2 lists them, and `cloud`, which it leaves out. */
export const SCRIPT_OPTIONS = [
  ...['batch', 'batchPerHost', 'blacklistIPs', 'blockHostnames', 'cloud', 'discardResponseBodies', 'dns', 'duration'],
  ...['executionSegment', 'executionSegmentSequence', 'ext', 'features', 'handleSummaryTimeout', 'hosts', 'httpDebug'],
  ...['insecureSkipTLSVerify', 'iterations', 'maxRedirects', 'metricSamplesBufferSize', 'minIterationDuration'],
  ...['noConnectionReuse', 'noCookiesReset', 'noSetup', 'noTeardown', 'noVUConnectionReuse', 'paused', 'rps'],
  ...['scenarios', 'setupTimeout', 'stages', 'summaryTimeUnit', 'summaryTrendStats', 'systemTags', 'tags'],
  ...['teardownTimeout', 'thresholds', 'throw', 'tlsAuth', 'tlsCipherSuites', 'tlsVersion', 'userAgent', 'vus'],
] as const;

/** `'threshold'; did you mean 'thresholds'?` for an option that k6 ignored and that was probably meant to be another one. */
export function mistypedOption(unknown: string | undefined): string | undefined {
  const meant = unknown === undefined ? undefined : suggest(unknown, SCRIPT_OPTIONS);
  return meant === undefined ? undefined : `'${unknown}'; did you mean '${meant}'?`;
}
