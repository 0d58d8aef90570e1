import { html, raw } from 'hono/html';
import type { Plan } from '../../accounts/plans.ts';
import { formatPrice } from './format.ts';
import type { Markup, Page } from './layout.ts';

/** Account first, then payment; a script shows the step that is due. */
export function checkoutPage(plan: Plan): Page {
  const price = formatPrice(plan.priceCents);
  return {
    title: `Souscrire la formule ${plan.name}`,
    description: `Formule ${plan.name} à ${price} par mois, sans engagement.`,
    path: '/abonnement',
    scripts: ['checkout'],
    body: html`<section class="section narrow" data-plan="${plan.id}"><h1>Formule ${plan.name}</h1>
<p class="lead">${price} par mois, sans engagement.</p>
<form id="compte" class="panel" aria-labelledby="compte-titre" hidden><h2 id="compte-titre">1. Créez votre compte</h2>
${field('name', 'Nom', 'text', 'name')}${field('email', 'Adresse e-mail', 'email', 'email')}${field('password', 'Mot de passe', 'password', 'new-password', 'minlength="8"')}
<p class="hint">Au moins 8 caractères.</p>
<button type="submit">Créer mon compte</button>
<p class="quiet">Déjà client ? <a href="/connexion?suite=${encodeURIComponent(`/abonnement/souscrire?formule=${plan.id}`)}">Connectez-vous</a>.</p></form>
<form id="paiement" class="panel" aria-labelledby="paiement-titre" hidden><h2 id="paiement-titre">2. Paiement</h2>
<p id="client" class="quiet"></p>
${field('number', 'Numéro de carte', 'text', 'cc-number', 'inputmode="numeric" placeholder="4242 4242 4242 4242"')}
<div class="two tight"><div>${field('expiry', 'Date d’expiration', 'text', 'cc-exp', 'placeholder="MM/AA"')}</div>
<div>${field('cvc', 'Cryptogramme', 'text', 'cc-csc', 'inputmode="numeric" placeholder="123"')}</div></div>
<p class="hint">Mode test : 4242 4242 4242 4242 est acceptée, 4000 0000 0000 0002 est refusée.</p>
<button type="submit">Payer ${price}</button></form>
<p id="etat" class="status" role="status" aria-live="polite"></p>
<div id="merci" class="panel" hidden><h2>Abonnement activé</h2><p>Merci ! La formule ${plan.name} est active.</p><a class="button" href="/compte">Voir mon compte</a></div>
</section>`,
  };
}

/** A labelled input that must be filled in; `more` holds further attributes from this file, never from outside. */
export function field(name: string, label: string, type: string, autocomplete: string, more = ''): Markup {
  return html`<label for="${name}">${label}</label><input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" ${raw(more)} required>`;
}
