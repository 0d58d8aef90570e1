import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '../../core/fake-clock.ts';
import type { KindServices } from '../../core/kind.ts';
import { openResources, RESOURCE_WITHIN_MS } from './kind-resources.ts';
import { fakeKind, GOOD, scripted } from './testing/kinds.ts';
import { makeParts } from './testing/parts.ts';

const run = scripted(GOOD);

function servicesAt(clock: FakeClock): KindServices {
  const { log, tools, secrets } = makeParts(clock);
  return { clock, log, tools, secrets, baseFolder: '/', stateFolder: '/' };
}

describe('what the runs of a kind share', () => {
  it('is opened once, however many ask at the same time', async () => {
    let opened = 0;
    const kind = fakeKind({
      run,
      open: async () => {
        opened += 1;
        return opened;
      },
    });
    const resources = openResources(servicesAt(new FakeClock()));
    assert.deepEqual(await Promise.all([resources.of(kind), resources.of(kind)]), [1, 1]);
  });
  it('is tried again after it could not be opened', async () => {
    let tries = 0;
    const kind = fakeKind({
      run,
      open: async () => {
        tries += 1;
        if (tries === 1) throw new Error('no browser yet');
        return 'browser';
      },
    });
    const resources = openResources(servicesAt(new FakeClock()));
    await assert.rejects(resources.of(kind), /no browser yet/);
    assert.equal(await resources.of(kind), 'browser');
  });
  it('that never opens is given up, tried again, and closed when it comes after all', async () => {
    const clock = new FakeClock();
    const late = Promise.withResolvers<string>();
    let tries = 0;
    let closed = 0;
    const kind = fakeKind({
      run,
      open: () => {
        tries += 1;
        return tries === 1 ? late.promise : Promise.resolve('second');
      },
      close: async () => {
        closed += 1;
      },
    });
    const resources = openResources(servicesAt(clock));
    const given = assert.rejects(resources.of(kind), /could not be opened in 60000 ms/);
    await clock.advance(RESOURCE_WITHIN_MS);
    await given;
    assert.equal(await resources.of(kind), 'second');
    late.resolve('first');
    await clock.advance(0);
    assert.equal(closed, 1);
  });
  it('is closed in reverse order, each even when another throws or never ends', async () => {
    const clock = new FakeClock();
    const order: string[] = [];
    const kinds = ['first', 'hangs', 'throws', 'last'].map((name) =>
      fakeKind({
        run,
        close: () => {
          order.push(name);
          if (name === 'throws') return Promise.reject(new Error('it is gone already'));
          return name === 'hangs' ? new Promise(() => {}) : Promise.resolve();
        },
      }),
    );
    const resources = openResources(servicesAt(clock));
    for (const kind of kinds) await resources.of(kind);
    const closing = resources.close();
    await clock.advance(RESOURCE_WITHIN_MS);
    await closing;
    assert.deepEqual(order, ['last', 'throws', 'hangs', 'first']);
  });
  it('is not opened any more once it was closed', async () => {
    const resources = openResources(servicesAt(new FakeClock()));
    await resources.close();
    await assert.rejects(resources.of(fakeKind({ run })), /closing/);
  });
});
