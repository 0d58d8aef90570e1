import { z } from 'zod';
import { CATCH_UPS, OVERLAPS, SEVERITIES } from '../core/check.ts';
import { duration } from '../core/duration-schema.ts';
import { instant } from './instant-schema.ts';

const DAY_MS = 86_400_000;
const tag = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._:-]{0,39}$/, 'tags are lower-case letters, digits and . _ : - (40 at most)');

const onceWindow = z.strictObject({
  /** Start, with its offset. Example `'2026-12-24T18:00+01:00'`. */
  from: instant,
  /** End (not included), with its offset. */
  to: instant,
  /** Shown with the skipped slots. Example `'database migration'`. */
  reason: z.string().max(200).default('maintenance'),
});

const recurringWindow = z.strictObject({
  /** Starts of the window as a cron expression. Example `'0 2 * * 0'`. */
  cron: z.string(),
  /** IANA zone of the expression. Default `UTC`. Example `'Europe/Paris'`. */
  zone: z.string().default('UTC'),
  /** How long each window lasts, up to 7 days. Example `'2h'`. */
  duration: duration({ least: 1_000, most: 7 * DAY_MS }),
  /** Shown with the skipped slots. */
  reason: z.string().max(200).default('maintenance'),
});

const retry = z.strictObject({
  /** Further attempts inside the slot after a failed or inconclusive one, 0 to 5. Default 0. */
  count: z.int().min(0).max(5).default(0),
  /** Wait before the first retry, up to 5 minutes. Default `'1s'`. */
  backoff: duration({ most: 300_000 }).default(1_000),
  /** Factor by which each further wait grows, 1 to 10. Default 2. */
  factor: z.number().min(1).max(10).default(2),
});

const incident = z.strictObject({
  /** Failed runs that open an incident, 1 to 100. Default 1, because each failure has already been confirmed at once. */
  failures: z.int().min(1).max(100).default(1),
  /** Out of this many last decided runs; equal to `failures` means in a row. Default `failures`. */
  of: z.int().min(1).max(100).optional(),
  /** Passes in a row that close it, 1 to 100. Default 2. */
  recoveries: z.int().min(1).max(100).default(2),
  /** Whether degraded runs (only warnings broken) count as failures. Default false. */
  onDegraded: z.boolean().default(false),
});

/** Options that every check takes, whatever its kind. */
export const commonSchema = z.strictObject({
  /** What people see. Default the id. Example `'Parts search'`. */
  name: z.string().min(1).max(120).optional(),
  /** Interval between slots, 1 s to 31 days; spread over the interval by the check's id. One of `every`, `cron`, `manual`. Example `'30s'`. */
  every: duration({ least: 1_000, most: 31 * DAY_MS }).optional(),
  /** Cron expression of 5 or 6 fields; day of month and day of week not both. Example `'15 3 * * *'`. */
  cron: z.string().optional(),
  /** IANA zone of `cron`. Default `UTC`. Example `'Europe/Paris'`. */
  zone: z.string().optional(),
  /** Only on demand (`vigie run`, `vigie load`), never on schedule. Default false. */
  manual: z.boolean().optional(),
  /** Deadline of one attempt, 100 ms to 6 h. Default: that of the kind. Example `'10s'`. */
  timeout: duration({ least: 100, most: 21_600_000 }).optional(),
  /** P1 (unreachable service) to P4 (minor). Goes into incident, labels and mail subject. Default `P3`. */
  severity: z.enum(SEVERITIES).default('P3'),
  /** For selection (`--tag`) and reports. Default none. Example `['checkout']`. */
  tags: z.array(tag).default([]),
  /** Limits on measured values, by measure; see docs/config.md. Default none. */
  budgets: z.record(z.string(), z.unknown()).default({}),
  /** Further attempts inside the slot. Default none. */
  retry: retry.prefault({}),
  /** Whether a failure is asked again at once, with full recording, before it counts. Default true, false in the exclusive lane. */
  confirm: z.boolean().optional(),
  /** What to do when the earlier run still runs: `skip` (default), `queue-one`, `cancel-previous`, `allow`. */
  overlap: z.enum(OVERLAPS).default('skip'),
  /** After a stop: `none` (default) records missed slots; `once` also runs one at once. */
  catchUp: z.enum(CATCH_UPS).default('none'),
  /** Windows without runs; their slots are excluded from uptime. Default none. */
  maintenance: z.array(z.union([onceWindow, recurringWindow])).default([]),
  /** When an incident opens and closes. */
  incident: incident.prefault({}),
  /** Ids of channels for the target's failures. Default: all of `channels`. */
  channels: z.array(z.string()).optional(),
  /** Name of the target watched, when there are several. Default the first. */
  target: z.string().optional(),
  /** Who minds it; shown in notices. Example `'team-frontend'`. */
  owner: z.string().max(120).optional(),
  /** Link shown in notices. Example `'https://wiki.example/runbooks/search'`. */
  runbook: z.url().optional(),
});

export type CommonInput = Omit<z.input<typeof commonSchema>, 'budgets'>;
export type CommonOptions = z.output<typeof commonSchema>;
