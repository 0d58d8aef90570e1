import { after, before, describe, it, type TestContext } from 'node:test';
import type { CheckInput } from '../../app/index.ts';
import type { Run } from '../../core/run.ts';
import { assertRun, type Bounds, type Expected, itDelaysNobody } from './expectations.ts';
import { type Monitor, openMonitor } from './monitor.ts';

/** One fault: how it is made, what is checked, and how that must end. */
export type Row<World> = {
  /** Its number in the list of faults. */
  readonly fault: number;
  readonly name: string;
  /** The check that meets the fault; the world is what the family has opened. */
  readonly check: (id: string, world: World) => CheckInput;
  /** Runs the check otherwise than once, e.g. to break something in the middle. */
  readonly run?: (id: string, monitor: Monitor, world: World) => Promise<Run>;
  readonly expected: Expected;
  /** What else must hold. */
  readonly also?: (run: Run, world: World, test: TestContext) => void | Promise<void>;
  /** Why it cannot be made here. */
  readonly skip?: string | false;
};

type Family<World> = {
  /** Opens servers and the like; what is given to the stack is closed at the end, whatever happens. */
  readonly open: (stack: AsyncDisposableStack) => Promise<World>;
  readonly rows: readonly Row<World>[];
  /** Done before anything is counted, e.g. a first run that starts a browser. */
  readonly warmUp?: (monitor: Monitor, world: World) => Promise<void>;
  /** Checks besides those of the rows. */
  readonly checks?: (world: World) => readonly CheckInput[];
  readonly baseFolder?: string;
  /** Base URL of the checks. */
  readonly url?: (world: World) => string;
  /** Rows at the same time; default 8. */
  readonly concurrency?: number;
  readonly bounds?: Partial<Bounds>;
};

/** A family of faults in one engine: each ends with the right blame, and what else is watched does not notice. */
export function describeFamily<World>(name: string, family: Family<World>): void {
  describe(name, () => {
    const stack = new AsyncDisposableStack();
    let world: World;
    let monitor: Monitor;
    const idOf = (row: Row<World>): string => `row-${family.rows.indexOf(row) + 1}`;
    before(async () => {
      world = await family.open(stack);
      const checks = family.rows.map((row) => row.check(idOf(row), world));
      const more = family.checks?.(world) ?? [];
      const { baseFolder } = family;
      monitor = await openMonitor({ checks: [...checks, ...more], baseFolder, url: family.url?.(world) });
      await family.warmUp?.(monitor, world);
      await monitor.begin();
    });
    after(async () => {
      await monitor?.close();
      await stack.disposeAsync();
    });
    describe('faults', { concurrency: family.concurrency ?? 8 }, () => {
      for (const row of family.rows) {
        it(`${row.fault}: ${row.name}`, { skip: row.skip ?? false }, async (test) => {
          const id = idOf(row);
          const run = await (row.run?.(id, monitor, world) ?? monitor.run(id));
          assertRun(run, row.expected);
          await row.also?.(run, world, test);
        });
      }
    });
    itDelaysNobody(() => monitor, family.bounds);
  });
}
