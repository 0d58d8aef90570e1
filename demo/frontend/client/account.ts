import { ApiFailure, callApi, failureText } from './api.ts';
import { announce, required } from './elements.ts';
import { type Account, authorization, currentAccount, forgetSession, type Subscription } from './session.ts';

const page = required('page-compte', HTMLElement);
const status = required('etat', HTMLParagraphElement);
const details = required('details', HTMLDivElement);
const cancelButton = required('resilier', HTMLButtonElement);
const confirmation = required('confirmation', HTMLDialogElement);

cancelButton.addEventListener('click', () =>
  act(async () => {
    const { subscription } = (await remove('/api/subscriptions/current')) as { readonly subscription: Subscription };
    showSubscription(subscription);
    announce(status, 'Abonnement résilié.', 'success');
  }),
);
required('deconnexion', HTMLButtonElement).addEventListener('click', () =>
  act(() => leave('/api/sessions/current', 'Vous êtes déconnecté.')),
);
required('supprimer', HTMLButtonElement).addEventListener('click', () => confirmation.showModal());
confirmation.addEventListener('close', () => {
  if (confirmation.returnValue === 'oui') void act(() => leave('/api/accounts/me', 'Votre compte est supprimé.'));
});
void act(showAccount);

async function showAccount(): Promise<void> {
  const account = await currentAccount();
  if (account === undefined) return showLoggedOut('Vous n’êtes pas connecté.');
  details.hidden = false;
  fill(account);
  announce(status, '');
}

function fill(account: Account): void {
  required('nom', HTMLElement).textContent = account.name;
  required('adresse', HTMLElement).textContent = account.email;
  showSubscription(account.subscription);
}

function showSubscription(subscription: Subscription | null): void {
  const names = JSON.parse(page.dataset.plans ?? '{}') as Record<string, string>;
  const active = subscription?.status === 'active';
  const name = subscription ? (names[subscription.planId] ?? subscription.planId) : '';
  const text = active
    ? `Formule ${name}, active (carte •••• ${subscription.cardLastDigits})`
    : subscription
      ? `Formule ${name}, résiliée`
      : 'Aucun abonnement.';
  required('abonnement', HTMLParagraphElement).textContent = text;
  cancelButton.hidden = !active;
  required('souscrire', HTMLAnchorElement).hidden = active;
}

async function leave(path: string, text: string): Promise<void> {
  await remove(path);
  forgetSession();
  showLoggedOut(text);
}

function showLoggedOut(text: string): void {
  details.hidden = true;
  const link = document.createElement('a');
  link.href = '/connexion';
  link.textContent = 'Se connecter';
  announce(status, `${text} `);
  status.append(link);
}

function remove(path: string): Promise<unknown> {
  return callApi(path, { method: 'DELETE', headers: authorization() });
}

async function act(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 401) {
      forgetSession();
      showLoggedOut('Votre session a expiré.');
    } else announce(status, failureText(error), 'error');
  }
}
