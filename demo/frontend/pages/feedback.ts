import { html } from 'hono/html';
import type { Page } from './layout.ts';

export function feedbackPage(): Page {
  return {
    title: 'Votre avis',
    description: 'Un bug, une idée, un compliment : écrivez-nous.',
    path: '/avis',
    scripts: ['feedback'],
    body: html`<section class="section narrow"><h1>Votre avis</h1>
<p class="lead">Un bug, une idée, un compliment ? Chaque message est lu.</p>
<form id="avis" class="panel"><fieldset class="rating"><legend>Votre note</legend>
${[1, 2, 3, 4, 5].map((note) => html`<label><input type="radio" name="rating" value="${note}" required> ${note}</label>`)}</fieldset>
<label for="message">Votre message</label><textarea id="message" name="message" rows="5" minlength="10" maxlength="2000" required></textarea>
<label for="email">Adresse e-mail (facultatif)</label><input id="email" name="email" type="email" autocomplete="email">
<button type="submit">Envoyer mon avis</button></form>
<p id="etat" class="status" role="status" aria-live="polite"></p></section>`,
  };
}
