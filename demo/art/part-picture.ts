import { type ShapeName, shapes } from './shapes.ts';

/** Which drawing stands for which family of parts. */
export const familyShapes: Readonly<Record<string, ShapeName>> = {
  'freinage-plaquettes': 'pads',
  'freinage-disques': 'disc',
  'freinage-etriers': 'caliper',
  'filtre-huile': 'canister',
  'filtre-air': 'panelFilter',
  'filtre-habitacle': 'panelFilter',
  'filtre-carburant': 'canister',
  'bougie-allumage': 'plug',
  'bougie-prechauffage': 'injector',
  batterie: 'battery',
  alternateur: 'alternator',
  demarreur: 'alternator',
  amortisseur: 'shock',
  'kit-distribution': 'belt',
  'courroie-accessoires': 'belt',
  'pompe-eau': 'pump',
  embrayage: 'clutch',
  'rotule-direction': 'joint',
  'bras-suspension': 'arm',
  'essuie-glace': 'wiper',
  phare: 'headlight',
  retroviseur: 'mirror',
  'huile-moteur': 'oil',
  'capteur-abs': 'sensor',
  'sonde-lambda': 'lambda',
  turbo: 'turbo',
  injecteur: 'injector',
  radiateur: 'radiator',
  echappement: 'exhaust',
  'capteur-stationnement': 'sensor',
};

/** A part on a soft ground, as on a product photograph. `hue` turns the ground's colour. */
export function drawPart(shape: ShapeName, hue: number): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480" viewBox="0 0 200 150">
<defs>${gradients(hue)}</defs>
<rect width="200" height="150" fill="url(#ground)"/>
<ellipse cx="100" cy="130" rx="72" ry="9" fill="#0b1c33" opacity=".16"/>
<g filter="url(#soft)">${shapes[shape]}</g>
</svg>`;
}

function gradients(hue: number): string {
  const linear = (id: string, ...stops: string[]) =>
    `<linearGradient id="${id}" x1="0" y1="0" x2="1" y2="1">${stops.map((colour, index) => `<stop offset="${index / (stops.length - 1)}" stop-color="${colour}"/>`).join('')}</linearGradient>`;
  return [
    linear('m', '#f6f8fb', '#b9c3cf', '#e9eef4', '#8f9baa'),
    linear('d', '#7d8897', '#3d4754', '#687484'),
    linear('red', '#ff5a3c', '#b3261e'),
    linear('navy', '#24508c', '#0b2545'),
    `<radialGradient id="ground" cx=".5" cy=".4" r=".8"><stop offset="0" stop-color="hsl(${hue} 45% 98%)"/><stop offset="1" stop-color="hsl(${hue} 38% 86%)"/></radialGradient>`,
    `<filter id="soft" x="-20%" y="-20%" width="140%" height="140%"><feDropShadow dx="1.5" dy="3" stdDeviation="2.4" flood-color="#0b1c33" flood-opacity=".32"/></filter>`,
  ].join('');
}
