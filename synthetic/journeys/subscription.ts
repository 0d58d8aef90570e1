import { randomUUID } from 'node:crypto';
import type { APIRequestContext } from '@playwright/test';
import { z } from 'zod';
import { journey } from '../journey/journey.ts';

const session = z.object({ token: z.string() });
const count = z.object({ total: z.number() });
const TEST_CARD = { number: '4242 4242 4242 4242', expiry: '12/34', cvc: '123' };

/**
 * Subscribes with an account of its own, cancels, and deletes the account whatever happened.
 * `custom.orphans` counts accounts that a run could not delete: its own, and with `countEarlier` (secret `adminToken`)
 * those of earlier runs that are older than ten minutes.
 */
export default journey(
  'subscription',
  { params: { plan: 'Essentiel', marker: 'vigie', countEarlier: false } },
  async ({ page, expect, step, target, secret, cleanup, measure, params }) => {
    const id = randomUUID();
    const account = {
      email: `essai.${id.slice(0, 8)}+synthetic-${params.marker}@example.org`,
      password: `Vigie-${id}`,
    };
    const adminToken = params.countEarlier ? secret('adminToken') : undefined;

    await step('choose a plan', async () => {
      await page.goto('/abonnement');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choisissez votre formule');
      await page.getByRole('button', { name: `S’abonner à ${params.plan}` }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Formule ${params.plan}`);
    });

    const api =
      target.origins.api ?? (await page.locator('meta[name="api-url"]').getAttribute('content')) ?? target.baseUrl;
    await step('create an account', async () => {
      await page.getByLabel('Nom', { exact: true }).fill('Essai Vigie');
      await page.getByLabel('Adresse e-mail').fill(account.email);
      await page.getByLabel('Mot de passe').fill(account.password);
      // Before the click: an account whose answer is lost exists all the same.
      cleanup(async ({ request }) => {
        const left = await deleteAccount(request, api, account);
        const earlier =
          adminToken === undefined ? 0 : await countEarlier(request, api, { adminToken, marker: params.marker });
        measure('orphans', (left ? 1 : 0) + earlier, 'count');
      });
      await page.getByRole('button', { name: 'Créer mon compte' }).click();
      await expect(page.getByText(`Connecté : ${account.email}`)).toBeVisible();
    });

    await step('pay', async () => {
      await page.getByLabel('Numéro de carte').fill(TEST_CARD.number);
      await page.getByLabel('Date d’expiration').fill(TEST_CARD.expiry);
      await page.getByLabel('Cryptogramme').fill(TEST_CARD.cvc);
      await page.getByRole('button', { name: /^Payer/ }).click();
      await expect(page.getByRole('heading', { name: 'Abonnement activé' })).toBeVisible();
    });

    await step('cancel', async () => {
      await page.getByRole('link', { name: 'Voir mon compte' }).click();
      await expect(page.getByText(`Formule ${params.plan}, active`)).toBeVisible();
      await page.getByRole('button', { name: 'Résilier l’abonnement' }).click();
      await expect(page.getByText(`Formule ${params.plan}, résiliée`)).toBeVisible();
    });

    await step('delete the account', async () => {
      await page.getByRole('button', { name: 'Supprimer mon compte' }).click();
      await page.getByRole('button', { name: 'Confirmer la suppression' }).click();
      await expect(page.getByText('Votre compte est supprimé.')).toBeVisible();
    });
  },
);

type Account = { readonly email: string; readonly password: string };

/** Deletes the account if it is there, and says whether it still is. */
async function deleteAccount(request: APIRequestContext, api: string, account: Account): Promise<boolean> {
  const token = await logIn(request, api, account);
  if (token === undefined) return false;
  await request.delete(`${api}/api/accounts/me`, { headers: { authorization: `Bearer ${token}` } });
  return (await logIn(request, api, account)) !== undefined;
}

/** A token; undefined when there is no such account. Anything else says nothing about the account, and is an error. */
async function logIn(request: APIRequestContext, api: string, account: Account): Promise<string | undefined> {
  const answer = await request.post(`${api}/api/sessions`, { data: account });
  if (answer.status() === 401) return undefined;
  if (!answer.ok())
    throw new Error(`cannot tell whether the account is left: POST /api/sessions answered ${answer.status()}`);
  return session.parse(await answer.json()).token;
}

async function countEarlier(
  request: APIRequestContext,
  api: string,
  { adminToken, marker }: { readonly adminToken: string; readonly marker: string },
): Promise<number> {
  const url = `${api}/admin/accounts/synthetic/count?${new URLSearchParams({ marker, olderThanS: '600' })}`;
  const answer = await request.get(url, { headers: { authorization: `Bearer ${adminToken}` } });
  return count.parse(await answer.json()).total;
}
