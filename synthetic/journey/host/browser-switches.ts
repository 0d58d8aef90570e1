/**
 * What Playwright 1.65 switches off in Chromium. Of several `--disable-features` the last one counts, so ours must say all of it again; a test
 * compares it with the command line of a browser that Playwright has started.
 */
const OFF_BY_PLAYWRIGHT = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'TcpPortRandomizationWin',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
  'msForceBrowserSignIn',
  'msEdgeUpdateLaunchServicesPreferredVersion',
] as const;

/**
 * The suggestions under the address bar are two pages of the browser's own, which every new context loads although nobody sees
 * them: 0.6 s of CPU for each journey, twice what an ordinary journey costs (Chromium 156). Browsers that do not know the names ignore them.
 */
const OFF_BY_US = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'] as const;

/** Arguments for Chromium besides those of Playwright. */
export const BROWSER_SWITCHES: readonly string[] = [
  `--disable-features=${[...OFF_BY_PLAYWRIGHT, ...OFF_BY_US].join(',')}`,
];
