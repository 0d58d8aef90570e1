import type { Part } from '../catalogue/generate.ts';

/** A query and which parts answer it, told by the parts' own fields and not by the search. */
type SearchCase = { readonly query: string; isRelevant(part: Part): boolean };

const family = (query: string, category: string, vehicle = ''): SearchCase => ({
  query,
  isRelevant: (part) => part.category === category && part.vehicle.includes(vehicle),
});

export const searchCases: readonly SearchCase[] = [
  family('plaquettes de frein clio', 'freinage-plaquettes', 'Clio'),
  family('plaquette frein peugeot 208', 'freinage-plaquettes', 'Peugeot 208'),
  family('disques de frein golf', 'freinage-disques', 'Golf'),
  family('filtre a huile captur', 'filtre-huile', 'Captur'),
  family('FILTRE À AIR duster', 'filtre-air', 'Duster'),
  family('filtre d’habitacle c3', 'filtre-habitacle', 'C3'),
  family('bougies d allumage fiat 500', 'bougie-allumage', 'Fiat 500'),
  family('batterie yaris', 'batterie', 'Yaris'),
  family('amortisseurs megane', 'amortisseur', 'Mégane'),
  family('kit de distribution scenic', 'kit-distribution', 'Scénic'),
  family('pompe à eau 308', 'pompe-eau', 'Peugeot 308'),
  family('embrayage berlingo', 'embrayage', 'Berlingo'),
  family('essuie-glace sandero', 'essuie-glace', 'Sandero'),
  family('retroviseur qashqai', 'retroviseur', 'Qashqai'),
  family('huile moteur 3008', 'huile-moteur', '3008'),
  family('sonde lambda polo', 'sonde-lambda', 'Polo'),
  family('turbo tiguan', 'turbo', 'Tiguan'),
  family('radiateur corsa', 'radiateur', 'Corsa'),
  {
    query: 'bosch batterie fiesta',
    isRelevant: (part) => part.category === 'batterie' && part.brand === 'Bosch' && part.vehicle.includes('Fiesta'),
  },
  // People mean the whole assembly by "frein".
  { query: 'frein clio', isRelevant: (part) => part.category.startsWith('freinage-') && part.vehicle.includes('Clio') },
  family('echappement yaris', 'echappement', 'Yaris'),
];

/** Queries that must find nothing. */
export const emptyQueries: readonly string[] = ['pneu hiver', 'tondeuse', 'zzzz', 'clio golf'];
