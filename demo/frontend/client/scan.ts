import { callApi, failureText } from './api.ts';
import { track } from './data-layer.ts';
import { announce, required } from './elements.ts';

type Reading = {
  readonly kind: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly confidence: number;
  readonly tookMs: number;
};

const form = required('scan', HTMLFormElement);
const photo = required('photo', HTMLInputElement);
const preview = required('apercu', HTMLImageElement);
const status = required('etat', HTMLParagraphElement);
const fields = required('champs', HTMLFormElement);
const confidence = required('confiance', HTMLParagraphElement);
const searchLink = required('chercher', HTMLAnchorElement);

photo.addEventListener('change', () => {
  const file = photo.files?.[0];
  URL.revokeObjectURL(preview.src);
  preview.hidden = file === undefined;
  if (file) preview.src = URL.createObjectURL(file);
  clear();
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void read();
});

async function read(): Promise<void> {
  const button = form.querySelector('button');
  clear();
  announce(status, 'Lecture en cours…');
  if (button) button.disabled = true;
  try {
    show((await callApi('/api/ocr', { method: 'POST', body: new FormData(form) })) as Reading);
  } catch (error) {
    announce(status, `Le document n’a pas pu être lu. ${failureText(error)}`, 'error');
  }
  if (button) button.disabled = false;
}

function show(reading: Reading): void {
  const count = Object.keys(reading.fields).length;
  track('scan_ocr', { type: reading.kind, champs: count });
  if (count === 0) {
    announce(status, 'Aucun champ reconnu : rapprochez-vous et évitez les reflets.', 'error');
    return;
  }
  for (const input of fields.querySelectorAll('input')) input.value = reading.fields[input.name] ?? '';
  const kind = reading.kind === 'plate' ? 'Plaque lue' : 'Carte grise lue';
  announce(status, `${kind} : ${count} ${count === 1 ? 'champ' : 'champs'}`, 'success');
  confidence.textContent = `Confiance ${Math.round(reading.confidence)} %, ${reading.tookMs} ms.`;
  const vehicle = [reading.fields.make, reading.fields.model].filter(Boolean).join(' ');
  searchLink.hidden = vehicle === '';
  searchLink.href = `/recherche?${new URLSearchParams({ q: vehicle })}`;
}

function clear(): void {
  fields.reset();
  announce(status, '');
  confidence.textContent = '';
  searchLink.hidden = true;
}
