/**
 * What Lighthouse 12 and 13 switch off in Chromium. Of several `--disable-features` the last one counts, so ours must say all of it again;
 * a test compares it with what the installed Lighthouse gives its browser.
 */
const OFF_BY_LIGHTHOUSE = [
  'Translate',
  'OptimizationHints',
  'MediaRouter',
  'DialMediaRouteProvider',
  'CalculateNativeWinOcclusion',
  'InterestFeedContentSuggestions',
  'CertificateTransparencyComponentUpdater',
  'AutofillServerCommunication',
  'PrivacySandboxSettings4',
  'RenderDocument',
] as const;

/**
 * The suggestions under the address bar are two pages of the browser's own, which load while the audited page does: 2 s of CPU of the 8 of
 * an audit (Chromium 156). Browsers that do not know the names ignore them.
 */
const OFF_BY_US = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'] as const;

const FLAG = /(?:^|\s)--disable-features=(\S+)/g;

/** The one flag that switches off what Lighthouse, the user's own flags and we do not want. */
export function disabledFeatures(ownFlags: string): string {
  const own = [...ownFlags.matchAll(FLAG)].flatMap(([, list = '']) => list.split(','));
  return `--disable-features=${[...new Set([...OFF_BY_LIGHTHOUSE, ...own, ...OFF_BY_US])].join(',')}`;
}
