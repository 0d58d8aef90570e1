import { z } from 'zod';

/*
 * Sections of lighthouserc.json that are for other commands of Lighthouse CI. An audit does not heed them; their keys are known
 * so that one of ours that went astray among them is found. Their values are not ours to judge.
 */
const anything = z.unknown();

export const basicAuth = z.strictObject({ username: anything, password: anything }).partial();

export const upload = z
  .strictObject({
    target: anything,
    token: anything,
    ignoreDuplicateBuildFailure: anything,
    githubToken: anything,
    githubApiHost: anything,
    githubAppToken: anything,
    githubAppUrl: anything,
    githubStatusContextSuffix: anything,
    extraHeaders: anything,
    basicAuth,
    serverBaseUrl: anything,
    uploadUrlMap: anything,
    urlReplacementPatterns: anything,
    outputDir: anything,
    reportFilenamePattern: anything,
  })
  .partial();

export const storage = z
  .strictObject({
    storageMethod: anything,
    sqlDialect: anything,
    sqlDialectOptions: anything,
    sqlDatabasePath: anything,
    sqlConnectionUrl: anything,
    sqlConnectionSsl: anything,
    sqlDangerouslyResetDatabase: anything,
    sqlMigrationOptions: z.strictObject({ tableName: anything }).partial(),
    sequelizeOptions: anything,
  })
  .partial();

export const site = z
  .strictObject({
    urls: anything,
    schedule: anything,
    numberOfRuns: anything,
    projectSlug: anything,
    label: anything,
    branch: anything,
    maxNumberOfParallelUrls: anything,
    categories: anything,
    strategy: anything,
  })
  .partial();

export const psiCollectCron = z
  .strictObject({ psiApiKey: anything, psiApiEndpoint: anything, sites: z.array(site) })
  .partial();

export const deleteOldBuilds = z
  .strictObject({
    schedule: anything,
    maxAgeInDays: anything,
    onlyBranches: anything,
    skipBranches: anything,
  })
  .partial();

export const server = z
  .strictObject({
    logLevel: anything,
    port: anything,
    host: anything,
    useBodyParser: anything,
    storage,
    basicAuth,
    viewer: z.strictObject({ origin: anything }).partial(),
    psiCollectCron,
    deleteOldBuildsCron: z.union([deleteOldBuilds, z.array(deleteOldBuilds)]),
  })
  .partial();

export const wizard = z
  .strictObject({
    wizard: anything,
    serverBaseUrl: anything,
    extraHeaders: anything,
    basicAuth,
    storage,
  })
  .partial();
