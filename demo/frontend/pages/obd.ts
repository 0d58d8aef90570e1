import { html } from 'hono/html';
import type { Page } from './layout.ts';

const gauges = [
  ['rpm', 'Régime moteur', 'tr/min'],
  ['speed', 'Vitesse', 'km/h'],
  ['coolant', 'Liquide de refroidissement', '°C'],
] as const;

export function obdPage(): Page {
  return {
    title: 'Diagnostic OBD-II',
    description: 'Connectez votre adaptateur ELM327 : régime, vitesse, température et codes défaut en direct.',
    path: '/obd',
    scripts: ['obd'],
    body: html`<section class="section"><h1>Diagnostic OBD-II</h1>
<p class="lead">Branchez l’adaptateur ELM327, mettez le contact, puis connectez-vous.</p>
<div class="actions"><button id="connecter" type="button">Connecter</button>
<button id="lire" class="secondary" type="button" disabled>Lire les codes défaut</button>
<button id="effacer" class="secondary" type="button" disabled>Effacer les codes</button>
<button id="deconnecter" class="secondary" type="button" disabled>Déconnecter</button></div>
<p id="etat" class="status" role="status" aria-live="polite">Non connecté</p>
<dl class="gauges">${gauges.map(
      ([id, label, unit]) =>
        html`<div class="panel gauge"><dt id="${id}-nom">${label}</dt><dd><output id="${id}" aria-labelledby="${id}-nom">–</output> <span>${unit}</span></dd></div>`,
    )}</dl>
<div class="two"><section class="panel" aria-labelledby="codes-titre"><h2 id="codes-titre">Codes défaut</h2><ul id="codes" class="codes" aria-label="Codes défaut"><li>Pas encore lus.</li></ul></section>
<section class="panel" aria-labelledby="journal-titre"><h2 id="journal-titre">Échanges avec l’adaptateur</h2><pre id="journal" class="terminal" tabindex="0" aria-label="Journal des échanges"></pre></section></div></section>`,
  };
}
