import { compile } from 'json-p3';
import { z } from 'zod';
import { messageOf } from '../../core/errors.ts';
import { oneOrMany, pattern, refuseUndefined } from '../net/schema.ts';
import { isKept } from './decimal.ts';
import { literalsOf } from './path-literals.ts';

const status = z.int().min(100).max(599);
const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
const text = z.string().min(1).max(10_000);

/** A value that JSON can hold. A bigint is none, and a plan is written as JSON. */
const json = z.json({
  error: ({ input }) =>
    typeof input === 'bigint'
      ? `a bigint cannot be compared: hold 'matches: /^${input}$/' against the number, which sees every digit that is written`
      : undefined,
});

const path = z.string().superRefine((input, context) => {
  const lost = literalsOf(input).find((literal) => !isKept(literal));
  if (lost !== undefined) {
    const message = `'${input}' compares with ${lost}, which JavaScript rounds to ${Number(lost)}: select the value and hold 'matches' against it`;
    context.addIssue({ code: 'custom', message });
  }
  try {
    compile(input);
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: `'${input}' is not a JSONPath of RFC 9535 (${messageOf(error)}): write for example '$.items[0].name'`,
    });
  }
});

const place = z
  .string()
  .refine((input) => /^(?:\/(?!\/)|https?:\/\/)/.test(input) && URL.canParse(input, 'http://base.invalid'), {
    error: (issue) => `'${issue.input}' is no place to end on: write a path such as '/fr/', or a whole http(s) URL`,
  });

const jsonExpectation = z
  .strictObject({
    /** Where to look, a JSONPath of RFC 9535. When it selects several values, each must fulfil the rest. Example `'$.items[*].price'`. */
    path: path.describe('JSONPath (RFC 9535) of the values; each one selected must fulfil the rest.'),
    /** The exact value, deeply compared; of numbers, every digit that is written counts. Example `'ok'`. */
    equals: json.optional().describe('The exact value, deeply compared; of numbers, every digit counts.'),
    /** Any of these values. Example `['ok', 'degraded']`. */
    oneOf: z.array(json).min(1).optional().describe('Any of these values.'),
    /** A regular expression for text and numbers. Example `/^v\d+/`. */
    matches: pattern.optional().describe('A regular expression for text and numbers.'),
    /** Whether the path selects anything at all. Example `false`. */
    exists: z.boolean().optional().describe('Whether the path selects anything.'),
    /** Least value of a number. Example `1`. */
    atLeast: z.number().optional().describe('Least value of a number.'),
    /** Greatest value of a number. Example `100`. */
    atMost: z.number().optional().describe('Greatest value of a number.'),
  })
  .superRefine(refuseUndefined)
  .refine((value) => Object.keys(value).length > 1, {
    error: `a JSON expectation needs one of equals, oneOf, matches, exists, atLeast, atMost`,
  });
export type JsonExpectation = z.output<typeof jsonExpectation>;

const headerExpectation = z.union([
  z.string().transform((equals) => ({ equals })),
  z
    .strictObject({
      /** The whole value. */
      equals: z.string().optional().describe('The whole value.'),
      /** A part of the value, case matters. */
      contains: text.optional().describe('A part of the value.'),
      /** A regular expression. */
      matches: pattern.optional().describe('A regular expression.'),
      /** Whether the header is there at all. Example `false`. */
      exists: z.boolean().optional().describe('Whether the header is there at all.'),
    })
    .superRefine(refuseUndefined)
    .refine((value) => Object.keys(value).length > 0, {
      error: 'a header expectation needs one of equals, contains, matches, exists',
    }),
]);

const bodyExpectation = z
  .strictObject({
    /** Text, or several, that must be in the body. Example `'Welcome'`. */
    contains: oneOrMany(text).optional().describe('Text that must be in the body.'),
    /** Text, or several, that must not be in the body. Example `'Fatal error'`. */
    notContains: oneOrMany(text).optional().describe('Text that must not be in the body.'),
    /** Regular expressions that must match, tried on the first `bodyLimit` bytes only. Example `/build \d+/`. */
    matches: oneOrMany(pattern).optional().describe('Regular expressions that must match.'),
    /** Regular expressions that must not match, tried on the first `bodyLimit` bytes only. */
    notMatches: oneOrMany(pattern).optional().describe('Regular expressions that must not match.'),
    /** Expectations about values in a JSON body. Example `[{ path: '$.status', equals: 'ok' }]`. */
    json: z.array(jsonExpectation).min(1).max(100).optional().describe('Expectations about values in a JSON body.'),
    /** Least size of the decoded body, bytes. Example `500`. */
    minBytes: z.int().min(1).max(67_108_864).optional().describe('Least size of the decoded body in bytes.'),
    /** The body must be empty. Without it an empty body of a 2xx answer is never a pass. */
    empty: z.literal(true).optional().describe('The body must be empty.'),
  })
  .superRefine(refuseUndefined);

/** What must hold for the last answer. */
export const expectSchema = z
  .strictObject({
    /** Status, or several, or a class; replaces the default `'2xx'`. A redirect that is expected is not followed. Example `[200, 204]`. */
    status: z
      .union([status.transform((one) => [one]), z.array(status).min(1).max(50), z.enum(CLASSES)])
      .default('2xx')
      .describe(`Status, several, or a class such as '2xx'. Default '2xx'.`),
    /**
     * Where the last answer must come from: a path, or a whole URL, or several; query, fragment and a slash at the end do not count.
     * Without it a redirect to another path or host is no pass unless the body is seen to hold what is expected. Example `'/fr/'`.
     */
    endsOn: oneOrMany(place).optional().describe('Where the last answer must come from, after redirects.'),
    /** Headers by name: a text means the whole value. Example `{ 'content-type': { contains: 'json' } }`. */
    headers: z.record(z.string().toLowerCase(), headerExpectation).default({}).describe('Headers by name.'),
    /** What the decoded body must and must not hold. */
    body: bodyExpectation.default({}).describe('What the decoded body must and must not hold.'),
    /** Least number of days until the first certificate of the chain ends, of every host on the way. Example `14`. */
    certificateDaysLeft: z
      .number()
      .min(0)
      .max(3_650)
      .optional()
      .describe('Least days until a certificate of the chain ends, of every host on the way.'),
    /** Address family that must have been used. Example `6`. */
    family: z
      .union([z.literal(4), z.literal(6)])
      .optional()
      .describe('Address family that must have been used.'),
    /** Version of HTTP that must be answered. Example `'1.1'`. */
    httpVersion: z.enum(['1.0', '1.1']).optional().describe('Version of HTTP that must be answered.'),
  })
  .superRefine(refuseUndefined);
export type Expect = z.output<typeof expectSchema>;

/** Whether anything is expected of what the body holds, which an empty one could not show. */
export function looksInside({ body }: Expect): boolean {
  return Object.keys(body).some((key) => key !== 'empty' && key !== 'minBytes');
}

/** Whether something must be in the body, by which the page asked for is known again. */
export function knowsThePage({ body: { contains, matches, json } }: Expect): boolean {
  return contains !== undefined || matches !== undefined || (json?.some(({ exists }) => exists !== false) ?? false);
}
