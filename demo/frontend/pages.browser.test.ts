import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright';
import { launchChromium } from '../art/chromium.ts';
import { type Demo, startDemo } from '../start.ts';

let demo: Demo;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), launchChromium()]);
});
after(async () => {
  await browser.close();
  await demo.close();
});
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  page = await context.newPage();
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('requestfailed', (request) => complaints.push(`${request.url()} ${request.failure()?.errorText}`));
});
afterEach(() => context.close());

const open = (path: string) => page.goto(`${demo.frontendUrl}${path}`);
const events = () =>
  page.evaluate(() => (window as { dataLayer?: { event: string }[] }).dataLayer?.map(({ event }) => event) ?? []);
const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click();

test('search, part, and the way to a partner', async () => {
  await open('/');
  await page.getByLabel('Rechercher une pièce').fill('plaquettes de frein clio');
  await press('Rechercher');
  await page.getByText('4 pièces trouvées pour « plaquettes de frein clio »').waitFor();
  assert.deepEqual(await events(), ['recherche_pieces']);
  await page
    .getByRole('list', { name: 'Résultats' })
    .getByRole('link', { name: /Plaquettes de frein/ })
    .first()
    .click();
  await page.getByRole('heading', { level: 1, name: /Plaquettes de frein/ }).waitFor();
  await page
    .getByRole('link', { name: /^Voir l’offre chez/ })
    .first()
    .click();
  await page.waitForURL('**/marchand/**');
  assert.deepEqual(complaints, []);
});

test('a new search keeps the page, and going back shows the old one', async () => {
  await open('/recherche?q=turbo');
  await page.getByText('pour « turbo »').waitFor();
  await page.getByLabel('Rechercher une pièce').fill('zzzz');
  await press('Rechercher');
  await page.getByText('Aucune pièce trouvée pour « zzzz »').waitFor();
  await page.goBack();
  await page.getByText('pour « turbo »').waitFor();
  assert.deepEqual(complaints, []);
});

test('a document is scanned', async () => {
  await open('/scan');
  await page
    .getByLabel('Photo du document')
    .setInputFiles(join(import.meta.dirname, '..', 'golden', 'carte-grise-01.jpg'));
  await press('Lire le document');
  await page.getByText('Carte grise lue : 5 champs').waitFor();
  assert.equal(await page.getByLabel('Immatriculation (A)').inputValue(), 'FK-482-LM');
  assert.equal(await page.getByLabel('Numéro VIN (E)').inputValue(), 'VF15RBJ0D55812347');
  assert.deepEqual(await events(), ['scan_ocr']);
  assert.deepEqual(complaints, []);
});

test('a wrong file is refused in words', async () => {
  await open('/scan');
  await page
    .getByLabel('Photo du document')
    .setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('no image') });
  await press('Lire le document');
  await page.getByText('Seules les images PNG et JPEG sont acceptées.').waitFor();
});

test('subscription: account, declined card, good card, cancellation, deletion', async () => {
  await open('/abonnement');
  await press('S’abonner à Confort');
  await page.getByLabel('Nom').fill('Anna');
  await page.getByLabel('Adresse e-mail').fill('anna+synthetic-test@example.org');
  await page.getByLabel('Mot de passe').fill('motdepasse');
  await press('Créer mon compte');
  await page.getByLabel('Numéro de carte').fill('4000 0000 0000 0002');
  await page.getByLabel('Date d’expiration').fill('12/40');
  await page.getByLabel('Cryptogramme').fill('123');
  await press(/^Payer/);
  await page.getByText('Carte refusée par la banque.').waitFor();
  await page.getByLabel('Numéro de carte').fill('4242 4242 4242 4242');
  await press(/^Payer/);
  await page.getByRole('heading', { name: 'Abonnement activé' }).waitFor();
  assert.deepEqual(await events(), ['souscription_abonnement']);
  await page.getByRole('link', { name: 'Voir mon compte' }).click();
  await page.getByText('Formule Confort, active').waitFor();
  await press('Résilier l’abonnement');
  await page.getByText('Abonnement résilié.').waitFor();
  await press('Supprimer mon compte');
  await press('Confirmer la suppression');
  await page.getByText('Votre compte est supprimé.').waitFor();
});

test('login with a wrong and a right password leads where it was asked for', async () => {
  const body = JSON.stringify({ email: 'login@example.org', password: 'motdepasse', name: 'Luc' });
  await fetch(`${demo.apiUrl}/api/accounts`, { method: 'POST', body });
  await open('/connexion?suite=%2F%2Fevil.example');
  await page.getByLabel('Adresse e-mail').fill('login@example.org');
  await page.getByLabel('Mot de passe').fill('wrong');
  await press('Se connecter');
  await page.getByText('Adresse e-mail ou mot de passe incorrect.').waitFor();
  await page.getByLabel('Mot de passe').fill('motdepasse');
  await press('Se connecter');
  await page.getByText('login@example.org').waitFor();
  assert.equal(page.url(), `${demo.frontendUrl}/compte`);
  await press('Se déconnecter');
  await page.getByText('Vous êtes déconnecté.').waitFor();
});

test('OBD-II: connect, live values, trouble codes, clear, disconnect', async () => {
  await open('/obd');
  await press('Connecter');
  await page.getByText('Connecté à ELM327 v1.5').waitFor();
  await page.getByRole('status', { name: 'Régime moteur' }).filter({ hasText: /\d/ }).waitFor();
  await press('Lire les codes défaut');
  await page.getByRole('list', { name: 'Codes défaut' }).getByText('P0420').waitFor();
  await press('Effacer les codes');
  await page.getByText('Aucun code défaut.').waitFor();
  await press('Déconnecter');
  await page.getByText('Non connecté').waitFor();
  assert.deepEqual(await events(), ['connexion_obd2']);
  assert.deepEqual(complaints, []);
});

test('an ECU is flashed with progress, and a flash is aborted', async () => {
  await open('/ecu');
  await page.getByLabel('Un chargeur de batterie est branché').check();
  await press('Démarrer le flash');
  await page.getByText(/Effacement… \d+ %/).waitFor();
  await press('Interrompre');
  await page.getByText('Flash interrompu').waitFor();
  await press('Démarrer le flash');
  await page.getByText('Flash terminé').waitFor();
  assert.equal(
    await page.getByRole('progressbar', { name: 'Progression' }).evaluate((bar: HTMLProgressElement) => bar.value),
    100,
  );
  assert.deepEqual(await events(), ['flash_ecu', 'flash_ecu']);
  assert.deepEqual(complaints, []);
});

test('feedback is sent', async () => {
  await open('/avis');
  await page.getByLabel('5').check();
  await page.getByLabel('Votre message').fill('Super application, merci !');
  await press('Envoyer mon avis');
  await page.getByText('Merci, votre avis est bien reçu.').waitFor();
  assert.deepEqual(await events(), ['feedback_soumis']);
  assert.deepEqual(complaints, []);
});

test('on a phone the menu opens and leads on; nothing is wider than the screen', async () => {
  for (const path of [
    '/',
    '/recherche?q=clio',
    '/piece/aa-0001',
    '/scan',
    '/abonnement',
    '/obd',
    '/ecu',
    '/avis',
    '/connexion',
  ]) {
    await open(path);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0, path);
  }
  await press('Menu');
  await page
    .getByRole('navigation', { name: 'Navigation principale' })
    .getByRole('link', { name: 'Abonnement' })
    .click();
  await page.waitForURL('**/abonnement');
});

test('a part or page that does not exist is a 404 in the usual frame', async () => {
  for (const path of ['/piece/aa-9999', '/rien']) assert.equal((await open(path))?.status(), 404, path);
});

test('every page has a strict policy: no inline script, no foreign source', async () => {
  const policy = (await open('/'))?.headers()['content-security-policy'] ?? '';
  assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
  assert.doesNotMatch(policy, /unsafe|\*/);
});
