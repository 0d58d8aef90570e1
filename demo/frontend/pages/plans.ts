import { html } from 'hono/html';
import { type Plan, plans } from '../../accounts/plans.ts';
import { formatPrice } from './format.ts';
import type { Markup, Page } from './layout.ts';

/** `canSubscribe` is false under the fault `missingButton`. */
export function plansPage(canSubscribe: boolean): Page {
  return {
    title: 'Abonnement',
    description: 'Trois formules sans engagement, dès 4,90 € par mois.',
    path: '/abonnement',
    scripts: [],
    body: html`<section class="section"><h1>Choisissez votre formule</h1>
<p class="lead">Sans engagement, résiliable en un clic.</p>
<ul class="cards plans">${plans.map((plan) => planCard(plan, canSubscribe))}</ul>
<p class="quiet">Déjà client ? <a href="/connexion">Connectez-vous</a>.</p></section>`,
  };
}

function planCard(plan: Plan, canSubscribe: boolean): Markup {
  return html`<li class="card plan"><h2>${plan.name}</h2>
<p class="price">${formatPrice(plan.priceCents)} <small>par mois</small></p>
<ul>${plan.features.map((feature) => html`<li>${feature}</li>`)}</ul>
${canSubscribe ? subscribeForm(plan) : ''}</li>`;
}

/** A form, so that it is a button and works without a script. */
function subscribeForm({ id, name }: Plan): Markup {
  return html`<form action="/abonnement/souscrire" method="get"><input type="hidden" name="formule" value="${id}"><button type="submit">S’abonner à ${name}</button></form>`;
}
