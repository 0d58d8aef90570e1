/** Control units that can be flashed, with the versions on offer. */
export const ecuChoices = {
  'moteur-edc17': { label: 'Moteur – Bosch EDC17', versions: ['8.2.1', '8.3.0'] },
  'boite-dq200': { label: 'Boîte – DQ200', versions: ['4.1.0'] },
  'abs-mk100': { label: 'Freinage – ATE MK100', versions: ['2.7.4', '2.8.0'] },
} as const;

type EcuId = keyof typeof ecuChoices;

export const ecuIds = Object.keys(ecuChoices) as readonly EcuId[];
