import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startDemo } from '../start.ts';
import { categorizeFeedback } from './categorize.ts';

test('a message is sorted by its words, else by its rating', () => {
  assert.equal(categorizeFeedback('L’application plante au démarrage', 5), 'bug');
  assert.equal(categorizeFeedback('Ça ne marche pas du tout', 1), 'bug');
  assert.equal(categorizeFeedback('Ce serait bien d’ajouter les motos', 4), 'suggestion');
  assert.equal(categorizeFeedback('J’aimerais un rappel de vidange', 3), 'suggestion');
  assert.equal(categorizeFeedback('Comment changer de formule ?', 3), 'question');
  assert.equal(categorizeFeedback('Génial, merci beaucoup', 5), 'compliment');
  assert.equal(categorizeFeedback('Sans commentaire particulier', 5), 'compliment');
  assert.equal(categorizeFeedback('Sans commentaire particulier', 2), 'autre');
});

test('feedback lands as a JSON file in the data folder and in the admin list', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'demo-data-'));
  await using demo = await startDemo({ dataFolder });
  const send = (body: unknown) => fetch(`${demo.apiUrl}/api/feedback`, { method: 'POST', body: JSON.stringify(body) });
  const message = 'Comment lire <b>le code</b> P0420 ?';
  assert.equal((await send({ message, rating: 4, email: 'a@example.org' })).status, 201);
  const [name = ''] = await readdir(join(dataFolder, 'feedback'));
  const stored = JSON.parse(await readFile(join(dataFolder, 'feedback', name), 'utf8'));
  assert.deepEqual([stored.message, stored.category, stored.rating], [message, 'question', 4]);
  const headers = { authorization: `Bearer ${demo.adminToken}` };
  const list = JSON.parse(await (await fetch(`${demo.apiUrl}/admin/feedback`, { headers })).text());
  assert.deepEqual([list.total, list.items[0].id], [1, stored.id]);
  for (const bad of [
    { message: 'court', rating: 3 },
    { message, rating: 6 },
    { message, rating: 3, email: 'x' },
    { message },
  ]) {
    assert.equal((await send(bad)).status, 400);
  }
  await rm(dataFolder, { recursive: true });
});
