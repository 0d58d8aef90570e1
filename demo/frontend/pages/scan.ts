import { html } from 'hono/html';
import type { Page } from './layout.ts';

const fields = [
  ['plate', 'Immatriculation (A)'],
  ['vin', 'Numéro VIN (E)'],
  ['firstRegistration', 'Première immatriculation (B)'],
  ['make', 'Marque (D.1)'],
  ['model', 'Modèle (D.3)'],
] as const;

export function scanPage(): Page {
  return {
    title: 'Scan de carte grise et de plaque',
    description: 'Photographiez votre carte grise ou votre plaque : les champs sont lus automatiquement.',
    path: '/scan',
    scripts: ['scan'],
    body: html`<section class="section"><h1>Scan de carte grise</h1>
<p class="lead">Photographiez le certificat d’immatriculation ou la plaque, bien à plat et bien éclairé.</p>
<div class="two">
<form id="scan" class="panel">
<label for="photo">Photo du document</label>
<input id="photo" name="file" type="file" accept="image/png,image/jpeg" required>
<p class="hint">PNG ou JPEG, 5 Mo au plus. La photo est lue puis oubliée.</p>
<img id="apercu" class="preview" alt="Aperçu de la photo choisie" width="480" height="300" hidden>
<button type="submit">Lire le document</button>
<p id="etat" class="status" role="status" aria-live="polite"></p>
</form>
<form class="panel" id="champs" aria-labelledby="champs-titre"><h2 id="champs-titre">Champs lus</h2>
${fields.map(
  ([name, label]) =>
    html`<label for="champ-${name}">${label}</label><input id="champ-${name}" name="${name}" autocomplete="off" readonly>`,
)}
<p id="confiance" class="hint">Choisissez une photo pour commencer.</p>
<a id="chercher" class="button" hidden href="/recherche">Chercher des pièces pour ce véhicule</a></form>
</div></section>`,
  };
}
