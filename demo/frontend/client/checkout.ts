import { ApiFailure, failureText, sendJson } from './api.ts';
import { track } from './data-layer.ts';
import { announce, required } from './elements.ts';
import { onSubmit } from './forms.ts';
import { type Account, authorization, createAccount, currentAccount, forgetSession } from './session.ts';

const planId = document.querySelector<HTMLElement>('[data-plan]')?.dataset.plan ?? '';
const accountForm = required('compte', HTMLFormElement);
const paymentForm = required('paiement', HTMLFormElement);
const customer = required('client', HTMLParagraphElement);
const thanks = required('merci', HTMLDivElement);
const status = required('etat', HTMLParagraphElement);
/** One key for one purchase: pressing the button again after a lost answer cannot charge twice. */
let idempotencyKey = crypto.randomUUID();

onSubmit(accountForm, status, async (fields) => showPayment(await createAccount(fields)));
onSubmit(paymentForm, status, async (fields) => {
  try {
    const card = { number: fields.number, expiry: fields.expiry, cvc: fields.cvc };
    await sendJson(
      'POST',
      '/api/subscriptions',
      { planId, card },
      { ...authorization(), 'idempotency-key': idempotencyKey },
    );
  } catch (error) {
    // The bank's refusal is final for this purchase; another card is another purchase.
    if (error instanceof ApiFailure && error.status >= 400 && error.status < 500) idempotencyKey = crypto.randomUUID();
    throw error;
  }
  track('souscription_abonnement', { formule: planId });
  paymentForm.hidden = true;
  thanks.hidden = false;
  announce(status, 'Abonnement activé.', 'success');
});
void begin();

async function begin(): Promise<void> {
  try {
    const account = await currentAccount();
    if (account) showPayment(account);
    else accountForm.hidden = false;
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 401) forgetSession();
    else announce(status, failureText(error), 'error');
    accountForm.hidden = false;
  }
}

function showPayment(account: Account): void {
  accountForm.hidden = true;
  paymentForm.hidden = false;
  customer.textContent = `Connecté : ${account.email}`;
  announce(status, '');
}
