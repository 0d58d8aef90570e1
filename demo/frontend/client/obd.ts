import { type Adapter, connectAdapter, parseCodes, parseLive } from './adapter.ts';
import { track } from './data-layer.ts';
import { announce, create, required } from './elements.ts';

const status = required('etat', HTMLParagraphElement);
const connectButton = required('connecter', HTMLButtonElement);
const readButton = required('lire', HTMLButtonElement);
const clearButton = required('effacer', HTMLButtonElement);
const closeButton = required('deconnecter', HTMLButtonElement);
const codes = required('codes', HTMLUListElement);
const journal = required('journal', HTMLPreElement);
const refreshMs = 500;
const maxJournalLines = 40;

const meanings: Readonly<Record<string, string>> = {
  P0420: 'Efficacité du catalyseur insuffisante (rangée 1)',
  P0171: 'Mélange trop pauvre (rangée 1)',
};
let adapter: Adapter | undefined;

connectButton.addEventListener('click', () => void connect());
closeButton.addEventListener('click', () => adapter?.close());
readButton.addEventListener('click', () => void guarded(showCodes));
clearButton.addEventListener('click', () =>
  guarded(async (open) => {
    await open.ask('04');
    await showCodes(open);
  }),
);

async function connect(): Promise<void> {
  connectButton.disabled = true;
  announce(status, 'Connexion…');
  try {
    adapter = await connectAdapter({ onLine: log, onClose: disconnected });
    const version = await adapter.ask('ATZ');
    await adapter.ask('ATE0');
    setConnected(true);
    announce(status, `Connecté à ${version}`, 'success');
    track('connexion_obd2', { adaptateur: version });
    void refresh(adapter);
  } catch (error) {
    adapter?.close();
    setConnected(false);
    announce(status, `Connexion impossible. ${error instanceof Error ? error.message : ''}`, 'error');
  }
}

/** Reads one value after the other for as long as the connection stands. */
async function refresh(open: Adapter): Promise<void> {
  while (open.isOpen()) {
    await guarded(async () => {
      required('rpm', HTMLOutputElement).value = show(
        parseLive(await open.ask('010C')),
        ([a = 0, b = 0]) => (a * 256 + b) / 4,
      );
      required('speed', HTMLOutputElement).value = show(parseLive(await open.ask('010D')), ([a = 0]) => a);
      required('coolant', HTMLOutputElement).value = show(parseLive(await open.ask('0105')), ([a = 0]) => a - 40);
    });
    await new Promise((done) => setTimeout(done, refreshMs));
  }
}

async function showCodes(open: Adapter): Promise<void> {
  const found = parseCodes(await open.ask('03'));
  const rows = found.map((code) => create('li', {}, create('b', {}, code), ` ${meanings[code] ?? ''}`));
  codes.replaceChildren(...(rows.length > 0 ? rows : [create('li', {}, 'Aucun code défaut.')]));
}

async function guarded(work: (open: Adapter) => Promise<void>): Promise<void> {
  if (!adapter?.isOpen()) return;
  try {
    await work(adapter);
  } catch (error) {
    if (adapter.isOpen()) announce(status, error instanceof Error ? error.message : String(error), 'error');
  }
}

function show(bytes: readonly number[], convert: (bytes: readonly number[]) => number): string {
  return bytes.length === 0 ? '–' : Math.round(convert(bytes)).toLocaleString('fr-FR');
}

function disconnected(): void {
  setConnected(false);
  if (status.dataset.kind !== 'error') announce(status, 'Non connecté');
}

function setConnected(connected: boolean): void {
  connectButton.disabled = connected;
  for (const button of [readButton, clearButton, closeButton]) button.disabled = !connected;
}

function log(line: string): void {
  journal.textContent = [...(journal.textContent ?? '').split('\n'), line].slice(-maxJournalLines).join('\n');
  journal.scrollTop = journal.scrollHeight;
}
