import { z } from 'zod';
import { duration } from '../../core/duration-schema.ts';
import { secretRef } from '../net/schema.ts';

const DAY_MS = 86_400_000;

/** The options of a `heartbeat` check besides the common ones. The common `every` is how often we look, not how often the job pings. */
export const heartbeatSchema = z.strictObject({
  /** What the job's URL holds: it pings `/ping/<token>` on our page, by GET or POST. Make it long and random. Example `secret('BACKUP_PING_TOKEN')`. */
  token: secretRef.describe("What the job's URL holds: it pings /ping/<token>."),
  /** How often the job elsewhere pings, 1 s to 400 days. Example `'1h'`. */
  period: duration({ least: 1_000, most: 400 * DAY_MS }).describe('How often the job elsewhere pings.'),
  /** How late a ping may be, 0 to 30 days. Default `'1m'`. Example `'10m'`. */
  grace: duration({ least: 0, most: 30 * DAY_MS })
    .default(60_000)
    .describe('How late a ping may be.'),
});
export type HeartbeatOptions = z.output<typeof heartbeatSchema>;
