import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';
import { ownerFromText, ownerState, ownerToText, startOf, thisOwner } from './owner.ts';
import { sweepOrphans } from './sweep.ts';
import { OWNER_FILE, withTempFolder } from './temp-folder.ts';
import { openTempRoot } from './temp-root.ts';

const scratch = mkdtempSync(join(tmpdir(), 'vigie-sweep-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

let roots = 0;
function newRoot(): string {
  roots += 1;
  const parent = join(scratch, String(roots));
  mkdirSync(parent);
  return openTempRoot(parent);
}

type Daemon = { readonly process: ChildProcess; readonly folder: string; readonly childPid: number };

/** Starts the daemon of the fixtures and waits until its child is running. */
async function startDaemon(
  root: string,
  child: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Daemon> {
  const daemon = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/daemon.ts'), root, child], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...variables },
  });
  const [line] = await once(createInterface({ input: daemon.stdout }), 'line');
  const [folder = '', pid] = String(line).split(' ');
  const record = readdirSync(folder).find((name) => name.startsWith('.vigie-group-'));
  return { process: daemon, folder, childPid: Number(pid) || Number(record?.slice('.vigie-group-'.length)) };
}

async function killHard(daemon: Daemon): Promise<void> {
  daemon.process.kill('SIGKILL');
  await once(daemon.process, 'exit');
}

describe('sweepOrphans', () => {
  it('leaves a living daemon alone, and ends what it left once it was killed', async () => {
    const root = newRoot();
    const daemon = await startDaemon(root, 'never-end.mjs');
    const before = await sweepOrphans(Date.now(), root);
    assert.deepEqual(before, { folders: [], groups: [], processes: [] });

    await killHard(daemon);
    assert.ok(startOf(daemon.childPid) !== undefined, 'the child outlived its daemon');
    const swept = await sweepOrphans(Date.now(), root);

    assert.deepEqual(swept.groups, [daemon.childPid]);
    assert.deepEqual(swept.folders, [daemon.folder]);
    assert.equal(startOf(daemon.childPid), undefined);
    assert.equal(existsSync(daemon.folder), false);
  });

  it('finds by its mark what nobody recorded', { skip: process.platform !== 'linux' }, async () => {
    const root = newRoot();
    const daemon = await startDaemon(root, 'never-end.mjs');
    rmSync(join(daemon.folder, `.vigie-group-${daemon.childPid}`));
    await killHard(daemon);
    const swept = await sweepOrphans(Date.now(), root);
    assert.deepEqual(swept.groups, []);
    assert.ok(swept.processes.includes(daemon.childPid));
  });

  it('does not touch a group whose number was given to another process since', async () => {
    const root = newRoot();
    const folder = makeOrphanFolder(root);
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60000)'], { detached: true });
    try {
      writeFileSync(join(folder, `.vigie-group-${bystander.pid}`), 'another start time');
      const swept = await sweepOrphans(Date.now(), root);
      assert.deepEqual(swept.groups, []);
      assert.equal(bystander.exitCode ?? bystander.signalCode, null);
    } finally {
      bystander.kill('SIGKILL');
    }
  });

  it('takes a reused pid for what it is', async () => {
    const root = newRoot();
    // Our own pid with another start time: the owner is dead although the pid is in use.
    const folder = makeOrphanFolder(root, { ...thisOwner(), startedAt: '1' });
    assert.deepEqual((await sweepOrphans(Date.now(), root)).folders, [folder]);
  });

  it('waits a day with a folder whose owner cannot be known', async () => {
    const root = newRoot();
    const elsewhere = makeOrphanFolder(root, { ...thisOwner(), realm: 'another container' });
    const unmarked = join(root, 'run-1-unmarked');
    mkdirSync(unmarked);
    assert.deepEqual((await sweepOrphans(Date.now(), root)).folders, []);
    const tomorrow = Date.now() + 25 * 60 * 60 * 1000;
    assert.deepEqual((await sweepOrphans(tomorrow, root)).folders.toSorted(), [elsewhere, unmarked].toSorted());
  });

  it('survives garbage in a folder', async () => {
    const root = newRoot();
    const folder = makeOrphanFolder(root);
    for (const name of ['.vigie-group-', '.vigie-group-x', '.vigie-group--1', '.vigie-group-1'])
      writeFileSync(join(folder, name), '');
    assert.deepEqual((await sweepOrphans(Date.now(), root)).groups, []);
  });
});

function makeOrphanFolder(root: string, owner = { ...thisOwner(), pid: 2 ** 22 + 1 }): string {
  const folder = join(root, `run-${owner.pid}-${readdirSync(root).length}`);
  mkdirSync(folder);
  writeFileSync(join(folder, OWNER_FILE), ownerToText(owner));
  return folder;
}

describe('withTempFolder', () => {
  it('gives a private, marked folder and removes it', async () => {
    const root = newRoot();
    const folder = await withTempFolder(
      'k6',
      async (path) => {
        assert.equal(statSync(path).mode & 0o777, 0o700);
        assert.deepEqual(ownerFromText(readFileSync(join(path, OWNER_FILE), 'utf8')), thisOwner());
        writeFileSync(join(path, 'file'), 'x');
        return path;
      },
      root,
    );
    assert.match(folder, new RegExp(`/vigie-\\d+/run-${process.pid}-k6-`));
    assert.equal(existsSync(folder), false);
  });

  it('removes it when its use fails too', async () => {
    const root = newRoot();
    await assert.rejects(
      withTempFolder('k6', () => Promise.reject(new Error('no')), root),
      /no/,
    );
    assert.deepEqual(readdirSync(root), []);
  });

  it('refuses a prefix that would lead elsewhere', async () => {
    await assert.rejects(
      withTempFolder('../x', () => Promise.resolve()),
      /prefix is '\.\.\/x'/,
    );
  });
});

describe('openTempRoot', () => {
  it('refuses a link under its name', () => {
    const parent = join(scratch, 'linked');
    mkdirSync(parent);
    symlinkSync(scratch, join(parent, `vigie-${process.getuid?.()}`));
    assert.throws(() => openTempRoot(parent), /is not a private folder/);
  });

  it('refuses a folder that others may enter', () => {
    const parent = join(scratch, 'open');
    mkdirSync(join(parent, `vigie-${process.getuid?.()}`), { recursive: true, mode: 0o755 });
    assert.throws(() => openTempRoot(parent), /is not a private folder/);
  });
});

describe('an owner', () => {
  it('is alive as long as its process', () => {
    assert.equal(ownerState(thisOwner()), 'alive');
    assert.equal(ownerState({ ...thisOwner(), pid: 2 ** 22 + 1 }), 'dead');
    assert.equal(ownerState({ ...thisOwner(), realm: 'x' }), 'unknown');
  });

  it('is not read from text that is none', () => {
    for (const text of ['', 'x', '1_2', 'x_2_3']) assert.equal(ownerFromText(text), undefined);
  });
});
