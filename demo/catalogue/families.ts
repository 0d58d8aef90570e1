type Names = readonly [string, ...string[]];

export type Family = {
  readonly slug: string;
  readonly label: string;
  /** Variants of the product's name. */
  readonly names: Names;
  readonly brands: Names;
  readonly minPriceCents: number;
  readonly maxPriceCents: number;
  readonly prefix: string;
};

const lines = `
freinage-plaquettes|Plaquettes de frein|Plaquettes de frein avant;Plaquettes de frein arrière|Brembo;Bosch;TRW;Ferodo|1890|7490|BP
freinage-disques|Disques de frein|Disques de frein avant ventilés;Disques de frein arrière pleins|Brembo;ATE;Zimmermann;Bosch|3490|15900|BD
freinage-etriers|Étriers de frein|Étrier de frein avant gauche;Étrier de frein avant droit;Étrier de frein arrière|TRW;ATE;Budweg;Brembo|6900|24900|EC
filtre-huile|Filtres à huile|Filtre à huile à visser;Cartouche de filtre à huile|Mann-Filter;Purflux;Bosch;Mahle|490|2190|FO
filtre-air|Filtres à air|Filtre à air moteur|Mann-Filter;Purflux;K&N;Mahle|890|5900|FA
filtre-habitacle|Filtres d’habitacle|Filtre d’habitacle au charbon actif;Filtre d’habitacle antipollen|Mann-Filter;Valeo;Bosch;Purflux|790|3490|FH
filtre-carburant|Filtres à carburant|Filtre à gazole;Filtre à essence|Bosch;Mann-Filter;Purflux;Delphi|1190|6490|FC
bougie-allumage|Bougies d’allumage|Bougie d’allumage iridium;Jeu de 4 bougies d’allumage|NGK;Bosch;Denso;Beru|590|6990|BA
bougie-prechauffage|Bougies de préchauffage|Bougie de préchauffage|Beru;NGK;Bosch;Denso|990|3490|BG
batterie|Batteries|Batterie 60 Ah 540 A;Batterie Start & Stop EFB 70 Ah;Batterie AGM 80 Ah|Varta;Bosch;Exide;Yuasa|6990|24900|BT
alternateur|Alternateurs|Alternateur 120 A;Alternateur 150 A|Valeo;Bosch;Denso;Hella|11900|42900|AL
demarreur|Démarreurs|Démarreur 1,2 kW;Démarreur renforcé Start & Stop|Valeo;Bosch;Hella;Delco|8900|29900|DM
amortisseur|Amortisseurs|Amortisseur avant à gaz;Amortisseur arrière à gaz|Sachs;Monroe;KYB;Bilstein|3990|17900|AM
kit-distribution|Kits de distribution|Kit de distribution avec pompe à eau;Kit de courroie de distribution|Gates;SKF;Contitech;Dayco|6990|28900|KD
courroie-accessoires|Courroies d’accessoires|Courroie d’accessoires striée|Gates;Contitech;Dayco;Bosch|890|4290|CA
pompe-eau|Pompes à eau|Pompe à eau avec joint|SKF;Graf;Valeo;Gates|2490|11900|PE
embrayage|Embrayages|Kit d’embrayage 3 pièces;Volant moteur bimasse|LuK;Valeo;Sachs;Aisin|9900|62900|EM
rotule-direction|Rotules de direction|Rotule de direction extérieure gauche;Rotule de direction extérieure droite|Lemförder;Moog;Meyle;Febi|1290|5290|RD
bras-suspension|Bras de suspension|Bras de suspension avant inférieur gauche;Bras de suspension avant inférieur droit|Lemförder;Meyle;TRW;Moog|3490|18900|BS
essuie-glace|Balais d’essuie-glace|Jeu de balais d’essuie-glace avant plats;Balai d’essuie-glace arrière|Valeo;Bosch;SWF;Champion|790|3990|EG
phare|Phares et feux|Phare avant gauche halogène;Phare avant droit LED;Feu arrière|Hella;Valeo;Magneti Marelli;TYC|4990|58900|PH
retroviseur|Rétroviseurs|Rétroviseur extérieur gauche dégivrant;Rétroviseur extérieur droit électrique|Alkar;TYC;Valeo;Johns|2990|19900|RE
huile-moteur|Huiles moteur|Huile moteur 5W30 C3, 5 litres;Huile moteur 0W20, 5 litres|Castrol;Total;Motul;Elf|2490|7990|HM
capteur-abs|Capteurs ABS|Capteur ABS de vitesse de roue avant;Capteur ABS de vitesse de roue arrière|Bosch;ATE;Hella;Febi|1490|6990|AB
sonde-lambda|Sondes lambda|Sonde lambda avant catalyseur;Sonde lambda après catalyseur|Bosch;NGK;Denso;Delphi|3490|14900|SL
turbo|Turbocompresseurs|Turbocompresseur neuf;Turbocompresseur échange standard|Garrett;BorgWarner;Mahle;IHI|24900|98900|TC
injecteur|Injecteurs|Injecteur diesel common rail;Injecteur essence|Bosch;Delphi;Denso;Continental|5900|38900|IN
radiateur|Radiateurs|Radiateur de refroidissement;Radiateur de chauffage|Valeo;Nissens;Mahle;NRF|5490|26900|RA
echappement|Échappement|Silencieux arrière;Catalyseur;Filtre à particules|Walker;Bosal;BM Catalysts;Faurecia|5900|89900|EX
capteur-stationnement|Aides au stationnement|Capteur de recul à ultrasons;Caméra de recul|Bosch;Valeo;Hella;Febi|1990|14900|CS`;

export const families: readonly Family[] = lines.trim().split('\n').map(parseFamily);

function parseFamily(line: string): Family {
  const [slug = '', label = '', names = '', brands = '', min = '', max = '', prefix = ''] = line.split('|');
  return {
    slug,
    label,
    names: split(names),
    brands: split(brands),
    minPriceCents: Number(min),
    maxPriceCents: Number(max),
    prefix,
  };
}

function split(text: string): Names {
  const [first = '', ...rest] = text.split(';');
  return [first, ...rest];
}
