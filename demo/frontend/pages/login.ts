import { html } from 'hono/html';
import { field } from './checkout.ts';
import type { Page } from './layout.ts';

export function loginPage(): Page {
  return {
    title: 'Connexion',
    description: 'Connectez-vous à votre compte Assistant Auto.',
    path: '/compte',
    scripts: ['login'],
    body: html`<section class="section narrow"><h1>Connexion</h1>
<form id="connexion" class="panel">${field('email', 'Adresse e-mail', 'email', 'username')}${field('password', 'Mot de passe', 'password', 'current-password')}
<button type="submit">Se connecter</button></form>
<p id="etat" class="status" role="status" aria-live="polite"></p>
<p class="quiet">Pas encore de compte ? <a href="/abonnement">Choisissez une formule</a>.</p></section>`,
  };
}
