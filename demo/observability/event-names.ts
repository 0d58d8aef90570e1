/** The seven events of the monitoring guide (section 5.2): the name in the data layer, and what the guide calls it. */
const eventLabels = {
  recherche_pieces: 'Recherche de pièces',
  connexion_obd2: 'Connexion OBD-II',
  scan_ocr: 'Scan OCR',
  flash_ecu: 'Flash ECU',
  souscription_abonnement: 'Souscription abonnement',
  feedback_soumis: 'Feedback soumis',
  clic_affiliation: 'Clic sur affiliation',
} as const;

export type EventName = keyof typeof eventLabels;

export const eventNames = Object.keys(eventLabels) as readonly EventName[];
