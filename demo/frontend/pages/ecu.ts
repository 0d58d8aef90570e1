import { html } from 'hono/html';
import { ecuChoices } from '../../ecu/choices.ts';
import type { Page } from './layout.ts';

export function ecuPage(): Page {
  return {
    title: 'Flash ECU',
    description: 'Mettez à jour un calculateur de votre véhicule, étape par étape.',
    path: '/ecu',
    scripts: ['ecu'],
    body: html`<section class="section narrow"><h1>Flash ECU</h1>
<p class="lead">Mise à jour d’un calculateur (simulée). Ne coupez jamais le contact pendant l’écriture.</p>
<form id="flash" class="panel">
<label for="logiciel">Calculateur et version</label>
<select id="logiciel" name="software">${Object.entries(ecuChoices).map(
      ([ecu, { label, versions }]) =>
        html`<optgroup label="${label}">${versions.map((version) => html`<option value="${ecu} ${version}">${label}, version ${version}</option>`)}</optgroup>`,
    )}</select>
<label class="check"><input id="chargeur" name="charger" type="checkbox" required> Un chargeur de batterie est branché</label>
<div class="actions"><button type="submit">Démarrer le flash</button><button id="interrompre" class="destructive" type="button" disabled>Interrompre</button></div>
<label for="progression">Progression</label>
<progress id="progression" max="100" value="0"></progress>
<p id="etat" class="status" role="status" aria-live="polite">Prêt</p></form></section>`,
  };
}
