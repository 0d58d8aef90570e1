import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { checkId } from '../core/identifiers.ts';
import { Sqlite } from '../process/sqlite.ts';
import { DAY, MINUTE, START } from './fixtures/sample-records.ts';
import { openReader } from './open-reader.ts';

const CHILD = join(import.meta.dirname, 'fixtures/commit-until-killed.ts');
/** `npm run soak` kills whole monitors a thousand times. */
const ROUNDS = 8;

test(`what was acknowledged survives ${ROUNDS} kills, whole and with all that came with it`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-kill-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const acknowledged: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Different moments of a batch: the child is killed as soon as so many answers were seen.
    acknowledged.push(...(await runAndKill(folder, round * 100_000, 3 + ((round * 7) % 40))));
  }
  const reader = openReader({ folder });
  const due = new Set(reader.slots(checkId('home'), START, START + 3_000 * DAY, 1_000).map((slot) => slot.dueAt));
  const lost = acknowledged.filter((number) => !due.has(START + number * MINUTE));
  assert.ok(acknowledged.length > ROUNDS * 3 && due.size < 1_000);
  assert.deepEqual(lost, []);
  for (const { id } of reader.runs({ limit: 1_000 })) {
    const incident = reader.incidents({ limit: 1_000 }).find((candidate) => candidate.openedBy === id);
    assert.ok(incident !== undefined && reader.notices(incident.id).length === 1);
    break;
  }
  assert.equal(reader.incidents({ limit: 1_000 }).length, due.size);
  reader.close();
  assert.equal(integrityOf(folder), 'ok');
});

/** Starts the child, kills it after `answers` acknowledgements, and gives all that it had acknowledged by then. */
async function runAndKill(folder: string, first: number, answers: number): Promise<readonly number[]> {
  const child = spawn(process.execPath, [CHILD, folder, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const seen: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    assert.match(line, /^\d+$/, `the child said '${line}'`);
    seen.push(Number(line));
    if (seen.length === answers) child.kill('SIGKILL');
  }
  assert.ok(seen.length >= answers, `the child ended by itself after ${seen.length} answers`);
  return seen;
}

function integrityOf(folder: string): unknown {
  using database = new Sqlite(join(folder, 'vigie.db'));
  return database.value('pragma integrity_check');
}
