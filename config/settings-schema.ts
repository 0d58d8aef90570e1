import { z } from 'zod';
import { TOKEN_SCOPES } from '../core/api-token.ts';
import { duration } from '../core/duration-schema.ts';
import { ID_PATTERN } from '../core/identifiers.ts';
import { isSecretRef, type SecretRef } from '../core/secret.ts';
import { parseQuantity } from '../core/units.ts';
import { instant } from './instant-schema.ts';

const DAY_MS = 86_400_000;
const id = z.string().regex(ID_PATTERN, 'ids are lower-case letters, digits and . _ - (80 at most)');
const httpUrl = z.url({
  protocol: /^https?$/,
  error: (issue) => `expected an http or https URL, got ${JSON.stringify(issue.input)}`,
});
const port = z.int().min(0).max(65_535);
const MOST_CONTROLS = 5;

/** `https://host` or `tcp://host:port`: a control is only connected to, so it has no path and no credentials. */
const control = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSecure = url?.protocol === 'https:';
  const found = Number(url?.port === '' && isSecure ? 443 : url?.port);
  const isBare = url !== undefined && text.replace(/\/$/, '').endsWith(url.host) && url.username === '';
  if (url !== undefined && isBare && (isSecure || url.protocol === 'tcp:') && url.hostname !== '' && found > 0)
    return { host: url.hostname.replace(/^\[|\]$/g, ''), port: found, isSecure };
  context.issues.push({
    code: 'custom',
    message: `'${text}' is not a control: write 'https://www.example.org' or 'tcp://192.0.2.1:53', without path and credentials`,
    input: text,
  });
  return z.NEVER;
});

/** `'10%'` as 0.1. */
const share = z.string().transform((text, context) => {
  const parsed = parseQuantity(text, 'ratio');
  if ('value' in parsed && parsed.value > 0 && parsed.value <= 1) return parsed.value;
  context.issues.push({ code: 'custom', message: `expected a share such as '10%', got '${text}'`, input: text });
  return z.NEVER;
});

/** A secret by reference only: a plain string is refused, so that no value can stand in the configuration. */
const secretOnly = z.custom<SecretRef>(
  isSecretRef,
  "expected a reference such as secret('SMTP_PASSWORD'), never the value itself",
);

export const targetSchema = z.strictObject({
  /** Lower-case id, shown everywhere. Example `'assistant-auto'`. */
  name: id,
  /** Base URL; relative URLs of checks are resolved against it. Example `'https://app.example'`. */
  url: httpUrl,
  /** Which deployment this is. Default `production`. Example `'staging'`. */
  environment: id.optional(),
  /** Further base URLs by name, e.g. `{ api: 'https://api.example' }`. Default none. */
  origins: z.record(id, httpUrl).default({}),
  /** Whether load needs an explicit arming flag. Default: true unless the address is this machine. */
  production: z.boolean().optional(),
});

const webhook = z.strictObject({
  type: z.literal('webhook'),
  id,
  /** Where the JSON is posted; a secret reference when the URL itself is one. */
  url: z.union([httpUrl, secretOnly]),
  /** Extra headers, values plain or secret. Default none. */
  headers: z.record(z.string(), z.union([z.string(), secretOnly])).default({}),
  /** Deadline of one delivery, 1 s to 2 min. Default `'10s'`. */
  timeout: duration({ least: 1_000, most: 120_000 }).default(10_000),
});

const email = z.strictObject({
  type: z.literal('email'),
  id,
  /** SMTP host. Example `'smtp.example'`. */
  host: z.string().min(1),
  /** SMTP port. Default 587; 465 with `secure`. */
  port: port.optional(),
  /** TLS from the first byte; otherwise STARTTLS. Default false. */
  secure: z.boolean().default(false),
  /** Whether nothing is sent without TLS. Default true with a `password`, else false: STARTTLS when offered. */
  requireTls: z.boolean().optional(),
  /** SMTP user. Default none. */
  user: z.string().optional(),
  /** SMTP password, by reference. */
  password: secretOnly.optional(),
  /** Sender. Example `'Vigie <vigie@example.org>'`. */
  from: z.string().min(3),
  /** Recipients, at least one. */
  to: z.array(z.string().min(3)).min(1),
  /** Deadline of one delivery, 1 s to 2 min. Default `'20s'`. */
  timeout: duration({ least: 1_000, most: 120_000 }).default(20_000),
});

export const channelSchema = z.discriminatedUnion('type', [webhook, email]);

const apiToken = z.strictObject({
  /** Whose it is; stands in the log beside what was changed. Example `'anna'`. */
  name: id,
  /** What it may do: `read`, `write` (pause, resume), `metrics` (scrape). At least one. */
  scopes: z.array(z.enum(TOKEN_SCOPES)).min(1),
  /** The token itself, by reference. Either this or `hash`. */
  token: secretOnly.optional(),
  /** `'sha256:'` and the SHA-256 of the token in 64 hexadecimal digits: the token then stands nowhere on this machine. */
  hash: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, "expected 'sha256:' and 64 lower-case hexadecimal digits, as `vigie token` prints")
    .optional(),
  /** Not valid from then on. Default never. Example `'2027-06-30T00:00Z'`. */
  expires: instant.optional(),
});

export const settingsSchema = z.strictObject({
  /** Database and artefacts, relative to the configuration. Default `data`. */
  dataFolder: z.string().default('data'),
  /** Log files, relative to the configuration. Default `logs`. */
  logFolder: z.string().default('logs'),
  /** Where runs are executed from. Default `local`. */
  location: id.default('local'),
  lanes: z
    .strictObject({
      /** Probes at the same time, 1 to 1,000. Default 50. */
      light: z.int().min(1).max(1_000).default(50),
      /** Browsers at the same time, 1 to 16. Default 1. */
      browser: z.int().min(1).max(16).default(1),
    })
    .prefault({}),
  web: z
    .strictObject({
      /** Address of the page and the API. Default `127.0.0.1`. */
      host: z.string().default('127.0.0.1'),
      /** Port of the page and the API, 0 for any free one. Default 9464. */
      port: port.default(9464),
      /** How people reach it; used for links in notices. Example `'https://vigie.example'`. */
      publicUrl: httpUrl.optional(),
      /** Whether pages, artefacts and reading requests ask for a token with the scope `read`. Default false. */
      requireToken: z.boolean().default(false),
    })
    .prefault({}),
  metrics: z
    .strictObject({
      /** Listener of its own for `/metrics`. Default none: `/metrics` stands on the web listener. */
      host: z.string().optional(),
      port: port.optional(),
      /** Pushgateway to push to while running. Default none. */
      pushgatewayUrl: httpUrl.optional(),
      /** Time between pushes, 1 s to 1 h. Default `'15s'`. */
      pushEvery: duration({ least: 1_000, most: 3_600_000 }).optional(),
    })
    .prefault({}),
  /** Tokens of the API, made by `vigie token`. Default none: nothing may be changed over the API. */
  apiTokens: z.array(apiToken).max(100).default([]),
  retention: z
    .strictObject({
      /** How long passed runs are kept one by one. Default `'7d'`. */
      passedRuns: duration({ least: 3_600_000 }).default(7 * DAY_MS),
      /** How long failed and inconclusive runs are kept. Default `'90d'`. */
      failedRuns: duration({ least: 3_600_000 }).default(90 * DAY_MS),
      /** How long artefacts are kept. Default `'30d'`. */
      artefacts: duration({ least: 3_600_000 }).default(30 * DAY_MS),
      /** How long hourly roll-ups are kept. Default `'400d'`. */
      rollups: duration({ least: DAY_MS }).default(400 * DAY_MS),
    })
    .prefault({}),
  /** Ids of channels for the monitor's own faults. Default: all of `channels`. */
  faultChannels: z.array(id).optional(),
  /**
   * Reference endpoints of your choice outside your own network, at most 5: asked only when a target cannot be reached, they tell our
   * network from the target. Default none. Example `['https://www.example.org', 'tcp://192.0.2.1:53']`.
   */
  controls: z.array(control).max(MOST_CONTROLS).default([]),
  /** Hosts, addresses or CIDR blocks that load may be sent to. Default: the target's own, when it is this machine. */
  loadAllow: z.array(z.string().min(1)).optional(),
  addresses: z
    .strictObject({
      /** Reached although denied here, also link-local and metadata addresses. Default none. Example `['169.254.169.254']`. */
      allow: z.array(z.string()).max(200).default([]),
      /** Never reached unless the check allows it; `'private'` and `'loopback'` stand for their blocks. Default none; link-local and metadata addresses are denied anyway. */
      deny: z.array(z.string()).max(200).default([]),
    })
    .prefault({}),
  gate: z
    .strictObject({
      /** URL of what is in production, measured beside the candidate. Default none: only fixed budgets are judged. Example `'https://app.example'`. */
      baseline: httpUrl.optional(),
      /** The least change that matters, as a share of the baseline, where a budget has no `noWorseThan`. Default `'10%'`. */
      by: share.prefault('10%'),
      /** When a gate ends, decided or not, 10 s to 6 h. Default `'10m'`. */
      maxDuration: duration({ least: 10_000, most: 21_600_000 }).default(600_000),
      /** How long one sample of a load check runs, 1 s to 10 min. Default `'10s'`. */
      sliceDuration: duration({ least: 1_000, most: 600_000 }).default(10_000),
      /** What a gate that could not tell in time ends as: `inconclusive` (exit 2), `pass` or `fail`. Default `inconclusive`. */
      undecided: z.enum(['inconclusive', 'pass', 'fail']).default('inconclusive'),
      /** Reports, evidence and calibration, relative to the configuration. Default `vigie-gate`. */
      folder: z.string().default('vigie-gate'),
    })
    .prefault({}),
  /** How long running checks may finish after SIGTERM, up to 10 min. Default `'20s'`. */
  shutdownGrace: duration({ most: 600_000 }).default(20_000),
});

export type TargetInput = z.input<typeof targetSchema>;
export type TargetOptions = z.output<typeof targetSchema>;
export type ChannelInput = z.input<typeof channelSchema>;
export type ChannelOptions = z.output<typeof channelSchema>;
export type SettingsInput = z.input<typeof settingsSchema>;
export type SettingsOptions = z.output<typeof settingsSchema>;
