import { z } from 'zod';
import { duration } from '../core/duration-schema.ts';
import { isSecretRef, type SecretRef } from '../core/secret.ts';
import { UNITS } from '../core/units.ts';
import { allowProblem } from './address-allow.ts';

const LONGEST_MS = 86_400_000;
const NAME = /^[A-Za-z_]\w{0,127}$/;
const loadDuration = duration({ least: 1, most: LONGEST_MS });

const secretRef = z.custom<SecretRef>(isSecretRef);
const environmentValue = z.union([z.string(), z.number(), secretRef], {
  error: "expected text, a number or secret('NAME')",
});

/** Problems of keys stand beside the record: zod itself says no more of a wrong key than that it is wrong. */
function checkKeys(problemOf: (key: string) => string | undefined) {
  return (record: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
    for (const key of Object.keys(record)) {
      const problem = problemOf(key);
      if (problem !== undefined) context.addIssue({ code: 'custom', path: [key], message: problem });
    }
  };
}

/** The options of a `load` check besides the common ones. */
export const loadSchema = z
  .strictObject({
    /** The k6 script, run unchanged: a `.ts` or `.js` file relative to the configuration. Example `'load/scenarios/api.ts'`. */
    script: z.string().regex(/\.(?:[cm]?js|ts)$/, "a k6 script ends in .ts or .js, e.g. 'load/scenarios/api.ts'"),
    /**
     * What the script reads from `__ENV`; this is how a scenario is sized. Besides these it sees `VIGIE_TARGET`, and
     * `VIGIE_<NAME>` for each further origin of the target. Values never stand on a command line. Names must not be k6's
     * own options (`K6_…`). Default none. Example `{ VUS: 100, DURATION: '5m', TOKEN: secret('API_TOKEN') }`.
     */
    env: z.record(z.string(), environmentValue).superRefine(checkKeys(environmentProblem)).default({}),
    /** Virtual users, instead of the script's `vus`; refused when the script defines `scenarios`. 1 to 100,000. Default: the script's. */
    vus: z.int().min(1).max(100_000).optional(),
    /** How long to run, instead of the script's `duration`; refused when the script defines `scenarios`. Up to 1 day. Default: the script's. Example `'5m'`. */
    duration: loadDuration.optional(),
    /** Iterations over all virtual users, instead of the script's; refused when the script defines `scenarios`. 1 to 1,000,000,000. Default: the script's. */
    iterations: z.int().min(1).max(1_000_000_000).optional(),
    /** Ramps of virtual users, instead of the script's; excludes `duration` and `iterations`. Up to 100. Example `[{ duration: '1m', target: 50 }]`. */
    stages: z
      .array(
        z.strictObject({
          /** How long this ramp takes. Example `'1m'`. */
          duration: loadDuration,
          /** Virtual users at its end, 0 to 100,000. */
          target: z.int().min(0).max(100_000),
        }),
      )
      .min(1)
      .max(100)
      .optional(),
    /**
     * Hosts, addresses or CIDR blocks that may be loaded; everything else is blocked inside k6, redirects included.
     * Default: the `loadAllow` of the settings. Example `['staging.example.com', '10.0.0.0/8']`.
     */
    allow: z
      .array(
        z.string().superRefine((entry, context) => {
          const problem = allowProblem(entry);
          if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
        }),
      )
      .max(64)
      .default([]),
    /** Tags on every sample, added to the script's own (needs k6 2.2). Up to 16. Default none. Example `{ release: '2.4' }`. */
    runTags: z
      .record(z.string(), z.string().regex(/^[^\r\n\0]{1,200}$/, 'tag values are 1 to 200 characters on one line'))
      .superRefine(checkKeys((name) => nameProblem(name, 'a tag')))
      .refine((tags) => Object.keys(tags).length <= 16, 'at most 16 tags')
      .default({}),
    /**
     * Units of the script's own Trend, Gauge and Counter metrics, which k6 does not tell; needed to set a budget on
     * them in that unit. Default `count`. Example `{ checkout_time: 'ms' }`.
     */
    units: z
      .record(z.string(), z.enum(UNITS))
      .superRefine(checkKeys((name) => nameProblem(name, 'a k6 metric')))
      .default({}),
  })
  .superRefine((options, context) => {
    if (options.stages === undefined) return;
    for (const key of ['duration', 'iterations'] as const) {
      if (options[key] === undefined) continue;
      context.addIssue({
        code: 'custom',
        path: [key],
        message: `stages and ${key} exclude each other: k6 takes one of them`,
      });
    }
  });

export type LoadOptions = z.output<typeof loadSchema>;
export type LoadInput = z.input<typeof loadSchema>;

/** Whether anything of the script's own load model is overridden. */
export function hasOverrides({ vus, duration, iterations, stages }: LoadOptions): boolean {
  return [vus, duration, iterations, stages].some((value) => value !== undefined);
}

/**
 * k6 reads its options from `K6_…` too, which would go round the allow-list and the summary; a proxy would carry
 * traffic to anywhere in the name of one allowed address; the rest is ours or belongs to the dynamic linker.
 */
const RESERVED =
  /^(?:K6_(?!BROWSER_)\w*|VIGIE_\w*|(?:HTTPS?|ALL|NO)_PROXY|PATH|HOME|TMPDIR|XDG_CONFIG_HOME|LD_\w*|DYLD_\w*)$/i;

function environmentProblem(name: string): string | undefined {
  if (!RESERVED.test(name)) return nameProblem(name, 'an environment variable');
  return /^K6_/i.test(name)
    ? `'${name}' would set an option of k6 itself: use the options of the check or of the script`
    : `'${name}' is reserved: choose another name`;
}

function nameProblem(name: string, of: string): string | undefined {
  return NAME.test(name)
    ? undefined
    : `'${name}' is not a name of ${of}: letters, digits and _, 128 at most, no digit first`;
}
