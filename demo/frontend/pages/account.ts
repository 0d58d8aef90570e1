import { html } from 'hono/html';
import { plans } from '../../accounts/plans.ts';
import type { Page } from './layout.ts';

export function accountPage(): Page {
  return {
    title: 'Mon compte',
    description: 'Votre compte et votre abonnement Assistant Auto.',
    path: '/compte',
    scripts: ['account'],
    body: html`<section class="section narrow" id="page-compte" data-plans="${JSON.stringify(Object.fromEntries(plans.map(({ id, name }) => [id, name])))}"><h1>Mon compte</h1>
<p id="etat" class="status" role="status" aria-live="polite">Chargement…</p>
<div id="details" hidden>
<div class="panel"><h2>Vos coordonnées</h2><dl class="facts"><dt>Nom</dt><dd id="nom"></dd><dt>Adresse e-mail</dt><dd id="adresse"></dd></dl>
<button id="deconnexion" class="secondary" type="button">Se déconnecter</button></div>
<div class="panel"><h2>Abonnement</h2><p id="abonnement"></p>
<button id="resilier" class="secondary" type="button" hidden>Résilier l’abonnement</button>
<a id="souscrire" class="button" href="/abonnement" hidden>Choisir une formule</a></div>
<div class="panel danger"><h2>Supprimer le compte</h2><p>Toutes vos données sont effacées, tout de suite et pour de bon.</p>
<button id="supprimer" class="destructive" type="button">Supprimer mon compte</button></div></div>
<dialog id="confirmation" aria-labelledby="confirmation-titre"><h2 id="confirmation-titre">Supprimer votre compte ?</h2><p>Cette action est définitive.</p>
<form method="dialog"><button value="non" class="secondary">Annuler</button> <button value="oui" class="destructive">Confirmer la suppression</button></form></dialog></section>`,
  };
}
