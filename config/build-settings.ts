import { isAbsolute, resolve } from 'node:path';
import type { ApiToken } from '../core/api-token.ts';
import type { Diagnostic } from '../core/errors.ts';
import type { GateSettings, Settings } from '../core/plan.ts';
import { duplicateIds } from './duplicate-ids.ts';
import type { ChannelOptions, SettingsOptions } from './settings-schema.ts';

/** Settings with paths made absolute and what follows from the rest of the configuration filled in. */
export function makeSettings(
  options: SettingsOptions,
  folder: string,
  channels: readonly ChannelOptions[],
  localHosts: readonly string[],
): Settings {
  const { publicUrl } = options.web;
  const { host, port, pushgatewayUrl, pushEvery } = options.metrics;
  const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(folder, path));
  return {
    dataFolder: absolute(options.dataFolder),
    logFolder: absolute(options.logFolder),
    location: options.location,
    lanes: options.lanes,
    web: {
      host: options.web.host,
      port: options.web.port,
      requireToken: options.web.requireToken,
      ...(publicUrl === undefined ? {} : { publicUrl }),
    },
    metrics: {
      ...(host === undefined ? {} : { host }),
      ...(port === undefined ? {} : { port }),
      ...(pushgatewayUrl === undefined ? {} : { pushgatewayUrl }),
      ...(pushEvery === undefined ? {} : { pushEveryMs: pushEvery }),
    },
    apiTokens: options.apiTokens.flatMap(makeToken),
    retention: {
      passedRunsMs: options.retention.passedRuns,
      failedRunsMs: options.retention.failedRuns,
      artefactsMs: options.retention.artefacts,
      rollupsMs: options.retention.rollups,
    },
    faultChannels: options.faultChannels ?? channels.map((channel) => channel.id),
    controls: options.controls,
    loadAllow: options.loadAllow ?? localHosts,
    addresses: options.addresses,
    gate: makeGate(options.gate, absolute),
    shutdownGraceMs: options.shutdownGrace,
  };
}

function makeGate(options: SettingsOptions['gate'], absolute: (path: string) => string): GateSettings {
  const { baseline } = options;
  return {
    ...(baseline === undefined ? {} : { baseline }),
    by: options.by,
    maxDurationMs: options.maxDuration,
    sliceMs: options.sliceDuration,
    undecided: options.undecided,
    folder: absolute(options.folder),
  };
}

function makeToken({ name, scopes, token, hash, expires }: SettingsOptions['apiTokens'][number]): readonly ApiToken[] {
  const value = token ?? (hash === undefined ? undefined : { hash: hash.slice('sha256:'.length) });
  return value === undefined ? [] : [{ name, scopes, value, ...(expires === undefined ? {} : { expiresAt: expires }) }];
}

/** What the schema of one setting cannot see. */
export function settingsProblems(
  options: SettingsOptions,
  channels: readonly string[],
  rules: { readonly isAddressRule: (text: string) => boolean },
): readonly Diagnostic[] {
  return [...unknownFaultChannels(options, channels), ...tokenProblems(options), ...addressProblems(options, rules)];
}

function unknownFaultChannels(options: SettingsOptions, channels: readonly string[]): readonly Diagnostic[] {
  return (options.faultChannels ?? [])
    .filter((id) => !channels.includes(id))
    .map((id) => ({
      path: 'settings.faultChannels',
      message: `there is no channel '${id}'`,
      hint: `known: ${channels.join(', ') || 'none'}`,
    }));
}

function tokenProblems({ apiTokens, web }: SettingsOptions): readonly Diagnostic[] {
  const halves = apiTokens.flatMap(({ name, token, hash }, index) =>
    (token === undefined) === (hash === undefined)
      ? [
          {
            path: `settings.apiTokens[${index}] (${name})`,
            message: "give one of 'token' and 'hash'",
            hint: '`vigie token` makes a token and prints its hash',
          },
        ]
      : [],
  );
  const lockedOut = web.requireToken && !apiTokens.some(({ scopes }) => scopes.includes('read'));
  const names = apiTokens.map(({ name }) => name);
  return [
    ...halves,
    ...duplicateIds('settings.apiTokens', names),
    ...(lockedOut
      ? [
          {
            path: 'settings.web.requireToken',
            message: "no token has the scope 'read', so nobody could read anything",
            hint: 'add one to settings.apiTokens',
          },
        ]
      : []),
  ];
}

function addressProblems(
  { addresses }: SettingsOptions,
  { isAddressRule }: { readonly isAddressRule: (text: string) => boolean },
): readonly Diagnostic[] {
  return [...addresses.allow, ...addresses.deny]
    .filter((rule) => !isAddressRule(rule))
    .map((rule) => ({
      path: 'settings.addresses',
      message: `'${rule}' is not an address rule`,
      hint: "write '10.0.0.0/8', '::1', 'private' or 'loopback'",
    }));
}
