import { callApi, failureText, sendJson } from './api.ts';
import { track } from './data-layer.ts';
import { announce, required } from './elements.ts';

type Flash = {
  readonly id: string;
  readonly status: 'running' | 'done' | 'aborted';
  readonly phase: string;
  readonly progress: number;
  readonly abortable: boolean;
};

const form = required('flash', HTMLFormElement);
const software = required('logiciel', HTMLSelectElement);
const charger = required('chargeur', HTMLInputElement);
const abortButton = required('interrompre', HTMLButtonElement);
const progress = document.querySelector('progress');
const status = required('etat', HTMLParagraphElement);
const pollMs = 250;
const phases: Readonly<Record<string, string>> = {
  preparation: 'Préparation',
  effacement: 'Effacement',
  ecriture: 'Écriture',
  verification: 'Vérification',
  termine: 'Terminé',
};
let current: Flash | undefined;

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void flash();
});
abortButton.addEventListener('click', () => void abort());

async function flash(): Promise<void> {
  const [ecu, version] = software.value.split(' ');
  setRunning(true);
  try {
    show((await sendJson('POST', '/api/ecu/flashes', { ecu, version, chargerConnected: charger.checked })) as Flash);
    track('flash_ecu', { calculateur: ecu, version });
    while (current?.status === 'running') {
      await new Promise((done) => setTimeout(done, pollMs));
      show((await callApi(`/api/ecu/flashes/${current.id}`)) as Flash);
    }
  } catch (error) {
    announce(status, `Le flash a échoué. ${failureText(error)}`, 'error');
  }
  setRunning(false);
}

async function abort(): Promise<void> {
  if (current === undefined) return;
  try {
    show((await sendJson('DELETE', `/api/ecu/flashes/${current.id}`, {})) as Flash);
  } catch (error) {
    announce(status, failureText(error), 'error');
  }
}

function show(flash: Flash): void {
  current = flash;
  if (progress) progress.value = flash.progress;
  abortButton.disabled = !flash.abortable;
  if (flash.status === 'done') announce(status, 'Flash terminé, calculateur à jour.', 'success');
  else if (flash.status === 'aborted') announce(status, 'Flash interrompu, l’ancien logiciel est conservé.');
  else announce(status, `${phases[flash.phase] ?? flash.phase}… ${flash.progress} %`);
}

function setRunning(running: boolean): void {
  const button = form.querySelector<HTMLButtonElement>('button[type="submit"]');
  if (button) button.disabled = running;
  software.disabled = running;
  if (!running) abortButton.disabled = true;
}
