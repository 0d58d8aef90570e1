import { z } from 'zod';
import { FORM_FACTORS, THROTTLINGS } from './options.ts';

export const oneOrMany = z.union([z.string().transform((text) => [text]), z.array(z.string())]);

const text = z.string();
const flag = z.boolean();
const number = z.number();
const patterns = z.union([z.string(), z.array(z.string())]).nullable();
const anything = z.unknown();

export const throttling = z
  .strictObject({
    rttMs: number,
    throughputKbps: number,
    requestLatencyMs: number,
    downloadThroughputKbps: number,
    uploadThroughputKbps: number,
    cpuSlowdownMultiplier: number,
  })
  .partial();

export const screenEmulation = z
  .strictObject({
    width: number,
    height: number,
    deviceScaleFactor: number,
    mobile: flag,
    disabled: flag,
  })
  .partial();

function presetProblem(input: unknown): string | undefined {
  if (input !== 'mobile') return undefined;
  return "there is no preset 'mobile': Lighthouse audits as a phone when no preset is named, so leave it out";
}

/** All that Lighthouse takes as settings or flags. What we neither read nor replace goes to it as it is. */
export const settings = z
  .strictObject({
    preset: z.enum(['perf', 'experimental', 'desktop'], { error: ({ input }) => presetProblem(input) }),
    formFactor: z.enum(FORM_FACTORS),
    chromeFlags: z.union([text, z.array(text).transform((flags) => flags.join(' '))]),
    onlyCategories: oneOrMany,
    onlyAudits: oneOrMany,
    extraHeaders: z.union([text, z.record(z.string(), text)]),
    throttlingMethod: z.enum(THROTTLINGS),
    configPath: text,
    throttling,
    screenEmulation,
    emulatedUserAgent: z.union([text, flag]),
    skipAudits: patterns,
    blockedUrlPatterns: patterns,
    additionalTraceCategories: text.nullable(),
    plugins: patterns,
    locale: text,
    maxWaitForFcp: number,
    maxWaitForLoad: number,
    pauseAfterFcpMs: number,
    pauseAfterLoadMs: number,
    networkQuietThresholdMs: number,
    cpuQuietThresholdMs: number,
    disableStorageReset: flag,
    clearStorageTypes: z.array(text),
    disableFullPageScreenshot: flag,
    ignoreStatusCode: flag,
    skipAboutBlank: flag,
    blankPage: text,
    debugNavigation: flag,
    usePassiveGathering: flag,
    precomputedLanternData: anything,
    precomputedLanternDataPath: text,
    lanternDataOutputPath: text,
    enableErrorReporting: flag,
    chromeIgnoreDefaultFlags: flag,
    port: number,
    hostname: text,
    logLevel: text,
    verbose: flag,
    quiet: flag,
    saveAssets: flag,
    view: flag,
    output: anything,
    outputPath: anything,
    auditMode: anything,
    gatherMode: anything,
    channel: anything,
    listAllAudits: anything,
    listAllCategories: anything,
    listLocales: anything,
    listTraceCategories: anything,
    printConfig: anything,
  })
  .partial();

/** Settings that Lighthouse once had. A limit or a device named by one of them would be gone without a word. */
export const FORMER_SETTINGS: Readonly<Record<string, string>> = {
  budgets: "Lighthouse has no budgets since 12: write a 'budgetsFile' in 'ci.assert'",
  budgetPath: "Lighthouse has no budgets since 12: write 'budgetsFile' in 'ci.assert'",
  emulatedFormFactor: "its name is 'formFactor' since Lighthouse 7; 'none' is 'screenEmulation': { 'disabled': true }",
  disableDeviceEmulation: "write 'screenEmulation': { 'disabled': true }",
  disableCpuThrottling: "write 'throttling': { 'cpuSlowdownMultiplier': 1 }",
  disableNetworkThrottling: "write 'throttlingMethod': 'provided', which slows neither network nor CPU",
  internalDisableDeviceScreenEmulation: "write 'screenEmulation': { 'disabled': true }",
};
