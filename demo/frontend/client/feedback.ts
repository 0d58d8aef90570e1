import { sendJson } from './api.ts';
import { track } from './data-layer.ts';
import { announce, required } from './elements.ts';
import { onSubmit } from './forms.ts';

const form = required('avis', HTMLFormElement);
const status = required('etat', HTMLParagraphElement);

onSubmit(form, status, async ({ rating = '', message = '', email = '' }) => {
  const body = { rating: Number(rating), message, ...(email === '' ? {} : { email }) };
  const { category } = (await sendJson('POST', '/api/feedback', body)) as { readonly category: string };
  track('feedback_soumis', { categorie: category, note: body.rating });
  form.reset();
  announce(status, 'Merci, votre avis est bien reçu.', 'success');
});
