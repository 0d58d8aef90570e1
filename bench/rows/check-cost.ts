import { join } from 'node:path';
import { z } from 'zod';
import { type Child, pass, startChild } from '../measure/child.ts';
import { cpuMsOf } from '../measure/cpu.ts';
import { spreadOf } from '../measure/spread.ts';
import { startTarget, type Target } from '../measure/target.ts';
import { makeWorkspace, manyChecks, startDaemon } from '../measure/workspace.ts';
import { CannotMeasure, type Figure, type Row, type RowContext } from '../row.ts';

const SCALES = {
  full: { checks: 1_000, settleMs: 30_000, windows: 12, windowMs: 10_000 },
  quick: { checks: 1_000, settleMs: 15_000, windows: 4, windowMs: 5_000 },
  smoke: { checks: 50, settleMs: 500, windows: 2, windowMs: 1_000 },
} as const;
const EVERY_S = 10;
const CEILINGS = { https: 1.25, http: 1.8 } as const;
type Protocol = keyof typeof CEILINGS;

const answered = z.object({ answered: z.number(), cpuMs: z.number() });
type Reading = { readonly asked: number; readonly cpuMs: number };

/**
 * CPU of one check, all threads counted, over that of one request of the bare loop. Both run at the same rate against a
 * target of their own and are read in the same windows, so that whatever else the machine does slows both alike.
 */
export const checkCost: Row = {
  name: 'check-cost',
  what: 'a fresh HTTPS (HTTP) check, scheduled, judged, recorded, over a bare node:tls (node:net) loop: CPU, all threads',
  limitMs: { full: 480_000, quick: 150_000, smoke: 120_000 },
  async run(context) {
    const figures: Figure[] = [];
    for (const protocol of ['https', 'http'] as const) figures.push(...(await compare(protocol, context)));
    return figures;
  },
};

async function compare(protocol: Protocol, context: RowContext): Promise<readonly Figure[]> {
  const { checks, settleMs, windows, windowMs } = SCALES[context.size];
  await using ours = await startTarget();
  await using theirs = await startTarget();
  using workspace = makeWorkspace(
    context,
    manyChecks({ count: checks, url: ours.urls[protocol], ca: ours.ports.ca, every: `${EVERY_S}s` }),
  );
  await using daemon = await startDaemon(context, workspace);
  await using bare = startBareLoop(protocol, theirs, checks / EVERY_S);
  await pass(settleMs, context.signal);
  const samples: { readonly ours: number; readonly bare: number }[] = [];
  let before = await read(daemon, bare, ours);
  for (let window = 0; window < windows; window += 1) {
    await pass(windowMs, context.signal);
    const after = await read(daemon, bare, ours);
    samples.push({ ours: perRequest(before.ours, after.ours), bare: perRequest(before.bare, after.bare) });
    context.say(`${protocol}: window ${window + 1} of ${windows}`);
    before = after;
  }
  return [
    {
      name: `${protocol} check over the bare loop, CPU`,
      unit: 'ratio',
      spread: spreadOf(samples.map((sample) => sample.ours / sample.bare)),
      ceiling: { comparison: '<=', value: CEILINGS[protocol] },
    },
    { name: `CPU of one ${protocol} check`, unit: 'ms', spread: spreadOf(samples.map((sample) => sample.ours)) },
    { name: `CPU of one bare ${protocol} request`, unit: 'ms', spread: spreadOf(samples.map((sample) => sample.bare)) },
  ];
}

function startBareLoop(protocol: Protocol, { ports }: Target, perSecond: number): Child {
  const program = join(import.meta.dirname, '..', 'programs', 'bare-loop.ts');
  return startChild({ args: [program, protocol, String(ports[protocol]), ports.ca, String(perSecond)] });
}

async function read(
  daemon: Child,
  bare: Child,
  target: Target,
): Promise<{ readonly ours: Reading; readonly bare: Reading }> {
  const [{ asked }, cpuMs] = [await target.asked(), cpuMsOf(daemon.pid)];
  bare.say('read');
  const loop = answered.parse(JSON.parse(await bare.nextLine()));
  return { ours: { asked, cpuMs }, bare: { asked: loop.answered, cpuMs: loop.cpuMs } };
}

function perRequest(before: Reading, after: Reading): number {
  const requests = after.asked - before.asked;
  if (requests <= 0) throw new CannotMeasure('nothing was asked in a whole window');
  return (after.cpuMs - before.cpuMs) / requests;
}
