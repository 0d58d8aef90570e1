import { join } from 'node:path';
import { z } from 'zod';
import { quantile } from '../../core/statistics.ts';
import { locateK6 } from '../../process/locate-tools.ts';
import { type HttpInput, httpSchema } from '../../synthetic/http/arguments.ts';
import { httpKind } from '../../synthetic/http/kind.ts';
import { contextOf, servicesOf } from '../../synthetic/net/testing/context.ts';
import { type Child, startChild } from '../measure/child.ts';
import { spreadOf } from '../measure/spread.ts';
import { startTarget } from '../measure/target.ts';
import { withK6 } from '../measure/with-k6.ts';
import { CannotMeasure, type Figure, type Row, type RowContext } from '../row.ts';

const DELAYS_MS = [5, 50, 500] as const;
const PHASES = ['tls', 'first_byte', 'transfer'] as const;
/** The kernel's first wait before it tries to connect again; Linux, RFC 6298. */
const CONNECT_DELAY_MS = 1_000;
const SCALES = {
  full: { probes: { 5: 100, 50: 50, 500: 12 }, baseline: 100, connects: 5 },
  quick: { probes: { 5: 20, 50: 10, 500: 3 }, baseline: 20, connects: 2 },
  smoke: { probes: { 5: 2, 50: 1, 500: 1 }, baseline: 3, connects: 0 },
} as const;

const ports = z.object({ http: z.number(), tls: z.record(z.string(), z.number()), ca: z.string() });
const added = z.object({ addedMs: z.number() });
type Phase = (typeof PHASES)[number];
type Resource = Awaited<ReturnType<typeof httpKind.open>>;
type Bench = {
  readonly server: Child;
  readonly given: z.infer<typeof ports>;
  readonly resource: Resource;
  readonly context: RowContext;
};

/**
 * What a probe says of a phase, less what the server says that it added, less what the phase takes without a delay:
 * the error, in milliseconds. Above 0: the probe says more than there was.
 */
export const phases: Row = {
  name: 'phases',
  what: 'error of phase times against known delays of 5, 50 and 500 ms, idle and while k6 runs on this machine',
  limitMs: { full: 240_000, quick: 90_000, smoke: 120_000 },
  async run(context) {
    const program = join(import.meta.dirname, '..', 'programs', 'delays.ts');
    await using server = startChild({ args: [program, '0', ...DELAYS_MS.map(String)], signal: context.signal });
    const given = ports.parse(JSON.parse(await server.nextLine()));
    const resource = await httpKind.open(servicesOf());
    const bench = { server, given, resource, context };
    try {
      const idle = await measureAll('idle', bench);
      const connect = await measureConnect(bench);
      return [...idle, ...connect, ...(await besideK6(bench))];
    } finally {
      await httpKind.close(resource);
    }
  },
};

async function besideK6(bench: Bench): Promise<readonly Figure[]> {
  const k6 = await locateK6();
  if (!k6.found) throw new CannotMeasure(`k6 is missing: ${k6.mend}`);
  await using target = await startTarget();
  return withK6({ k6: k6.path, url: target.urls.http, signal: bench.context.signal }, () =>
    measureAll('beside k6', bench),
  );
}

async function measureAll(when: string, bench: Bench): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const phase of PHASES) {
    const without = await measureMany(phase, 0, SCALES[bench.context.size].baseline, bench);
    const usual = quantile(without, 0.5) ?? 0;
    for (const delayMs of DELAYS_MS) {
      const errors = await measureMany(phase, delayMs, SCALES[bench.context.size].probes[delayMs], bench);
      const name = `${phase} with ${delayMs} ms added, ${when}: error`;
      figures.push({ name, unit: 'ms', spread: spreadOf(errors.map((error) => error - usual)) });
    }
    bench.context.say(`${phase}, ${when}`);
  }
  return figures;
}

async function measureMany(phase: Phase, delayMs: number, count: number, bench: Bench): Promise<readonly number[]> {
  const found: number[] = [];
  for (let probe = 0; probe < count; probe += 1) {
    bench.context.signal.throwIfAborted();
    found.push(await measureOne(phase, delayMs, bench));
  }
  return found;
}

/** What the probe says of the phase, less what was really added. */
async function measureOne(phase: Phase, delayMs: number, { server, given, resource }: Bench): Promise<number> {
  const isTls = phase === 'tls';
  const baseUrl = isTls ? `https://localhost:${given.tls[String(delayMs)]}` : `http://localhost:${given.http}`;
  const input: HttpInput = isTls ? { tls: { ca: given.ca } } : { url: `/${phase}/${delayMs}` };
  const valueMs = await phaseOf(phase, baseUrl, input, resource);
  const { addedMs } = added.parse(JSON.parse(await server.nextLine()));
  return valueMs - addedMs;
}

async function phaseOf(phase: string, baseUrl: string, input: HttpInput, resource: Resource): Promise<number> {
  const context = contextOf({ target: { baseUrl }, timeoutMs: 10_000 });
  const { measures, fault } = await httpKind.run(httpSchema.parse({ family: 4, ...input }), context, resource);
  const value = measures.find(({ name }) => name === `phase.${phase}`)?.value;
  if (value === undefined) throw new Error(`a probe told no ${phase}: ${JSON.stringify(fault)}`);
  return value;
}

/** Without rights over the network the one known delay is the kernel's own, so only that of a second. */
async function measureConnect({ resource, context }: Bench): Promise<readonly Figure[]> {
  const { connects } = SCALES[context.size];
  if (connects === 0) return [];
  const program = join(import.meta.dirname, '..', 'programs', 'slow-accept.ts');
  await using server = startChild({ args: [program], signal: context.signal });
  const { port } = z.object({ port: z.number() }).parse(JSON.parse(await server.nextLine()));
  const errors: number[] = [];
  for (let probe = 0; probe < connects; probe += 1) {
    const asking = phaseOf('connect', `http://127.0.0.1:${port}`, {}, resource);
    // The first try must have been dropped by then; the second comes a second after the first.
    setTimeout(() => server.say('accept'), CONNECT_DELAY_MS / 4);
    errors.push((await asking) - CONNECT_DELAY_MS);
    await server.nextLine();
  }
  return [
    {
      name: `connect with the kernel's second try after ${CONNECT_DELAY_MS} ms, idle: error`,
      unit: 'ms',
      spread: spreadOf(errors),
    },
  ];
}
