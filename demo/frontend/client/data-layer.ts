import { apiAddress } from './api.ts';

type DataLayerEntry = { readonly event: string; readonly [detail: string]: unknown };

declare global {
  interface Window {
    dataLayer?: DataLayerEntry[];
  }
}

export type EventName =
  | 'recherche_pieces'
  | 'connexion_obd2'
  | 'scan_ocr'
  | 'flash_ecu'
  | 'souscription_abonnement'
  | 'feedback_soumis'
  | 'clic_affiliation';

/** Pushes an event to the page's data layer, where analytics tools read it, and counts it at the API. */
export function track(event: EventName, details: Readonly<Record<string, unknown>> = {}): void {
  pushEvent(event, details);
  const headers = { 'content-type': 'application/json' };
  const counted = fetch(apiAddress('/api/events'), { method: 'POST', headers, body: JSON.stringify({ event }) });
  // Counting is for statistics only: a person must not be bothered when it fails.
  counted.catch(() => undefined);
}

/** Only pushes, for an event that the server counts itself because the page is left with it. */
export function pushEvent(event: EventName, details: Readonly<Record<string, unknown>>): void {
  window.dataLayer ??= [];
  window.dataLayer.push({ event, ...details });
}
