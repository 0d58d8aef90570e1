export type Fields = {
  readonly plate: string;
  readonly vin?: string;
  /** ISO date. */
  readonly firstRegistration?: string;
  readonly make?: string;
  readonly model?: string;
};

/** How the picture was spoilt; all zero is a scan as clean as it gets. */
export type Spoiling = {
  /** Turned by so many degrees. */
  readonly turnDeg: number;
  /** Seen from the side, degrees about the vertical axis. */
  readonly sideDeg: number;
  /** Out of focus, in CSS pixels. */
  readonly blurPx: number;
  /** Grain: share of the brightness range. */
  readonly grain: number;
  /** A shadow over one side: share of the light that it takes. */
  readonly shadow: number;
  /** Contrast lost by fading, as a share. */
  readonly fading: number;
  /** JPEG quality, 1 to 100. */
  readonly quality: number;
};

type Difficulty = 'clean' | 'light' | 'medium' | 'hard';
export type GoldenCase = {
  readonly file: string;
  readonly kind: 'registration' | 'plate';
  readonly difficulty: Difficulty;
  readonly fields: Fields;
  readonly spoiling: Spoiling;
};

const clean: Spoiling = { turnDeg: 0, sideDeg: 0, blurPx: 0, grain: 0, shadow: 0, fading: 0, quality: 88 };

const car = (plate: string, vin: string, firstRegistration: string, make: string, model: string): Fields => ({
  plate,
  vin,
  firstRegistration,
  make,
  model,
});

const registration = (
  name: string,
  difficulty: Difficulty,
  fields: Fields,
  spoiling: Partial<Spoiling> = {},
): GoldenCase => ({
  file: `carte-grise-${name}.jpg`,
  kind: 'registration',
  difficulty,
  fields,
  spoiling: { ...clean, ...spoiling },
});

const plate = (name: string, difficulty: Difficulty, text: string, spoiling: Partial<Spoiling> = {}): GoldenCase => ({
  file: `plaque-${name}.jpg`,
  kind: 'plate',
  difficulty,
  fields: { plate: text },
  spoiling: { ...clean, ...spoiling },
});

/** The golden set: what each picture says, and how it was made hard to read. */
export const goldenCases: readonly GoldenCase[] = [
  registration('01', 'clean', car('FK-482-LM', 'VF15RBJ0D55812347', '2018-03-14', 'RENAULT', 'CLIO')),
  registration('02', 'clean', car('DW-917-RT', 'VF3CCHMZ6FT123984', '2015-09-02', 'PEUGEOT', '208')),
  registration('03', 'light', car('GA-305-XB', 'WVWZZZAUZHW246813', '2017-01-27', 'VOLKSWAGEN', 'GOLF'), {
    turnDeg: 0.8,
    grain: 0.04,
  }),
  registration('04', 'light', car('EH-764-NC', 'VF7SXHMZ6HT553097', '2016-11-18', 'CITROEN', 'C3'), {
    grain: 0.06,
    shadow: 0.2,
  }),
  registration('05', 'medium', car('CT-239-PV', 'WF0DXXGAKDEA31765', '2013-06-21', 'FORD', 'FIESTA'), {
    turnDeg: -1.6,
    grain: 0.08,
    shadow: 0.35,
    quality: 70,
  }),
  registration('06', 'medium', car('FR-651-ZS', 'UU1HSDACN58463921', '2018-07-30', 'DACIA', 'DUSTER'), {
    blurPx: 0.7,
    fading: 0.25,
    grain: 0.05,
    quality: 60,
  }),
  registration('07', 'hard', car('BX-873-HD', 'VNKKL3D330A214569', '2011-04-08', 'TOYOTA', 'YARIS'), {
    turnDeg: 2.6,
    sideDeg: 9,
    grain: 0.1,
    shadow: 0.45,
    quality: 55,
  }),
  registration('08', 'hard', car('GF-128-QW', 'SJNFAAJ11U1398452', '2021-12-15', 'NISSAN', 'QASHQAI'), {
    blurPx: 1.15,
    fading: 0.4,
    grain: 0.12,
    shadow: 0.3,
    quality: 40,
  }),
  plate('01', 'clean', 'AB-344-CD'),
  plate('02', 'clean', 'FT-907-KE'),
  plate('03', 'light', 'GH-562-RN', { turnDeg: 1.5, grain: 0.06 }),
  plate('04', 'light', 'CZ-418-VX', { shadow: 0.35, grain: 0.05 }),
  plate('05', 'medium', 'EP-773-LG', { turnDeg: -3, sideDeg: 14, grain: 0.1, quality: 60 }),
  plate('06', 'medium', 'DM-281-WB', { blurPx: 1.6, fading: 0.3, grain: 0.08, quality: 55 }),
  plate('07', 'hard', 'BR-639-TJ', { turnDeg: 4, sideDeg: 22, blurPx: 1.8, grain: 0.16, shadow: 0.5, quality: 40 }),
  plate('08', 'hard', 'FN-850-HS', { blurPx: 4, fading: 0.6, grain: 0.3, shadow: 0.5, quality: 30 }),
];
