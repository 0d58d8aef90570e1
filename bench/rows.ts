import type { Row } from './row.ts';
import { audit } from './rows/audit.ts';
import { checkCost } from './rows/check-cost.ts';
import { journeyCold } from './rows/journey-cold.ts';
import { journeyWarm } from './rows/journey-warm.ts';
import { lateness } from './rows/lateness.ts';
import { load } from './rows/load.ts';
import { memory } from './rows/memory.ts';
import { phases } from './rows/phases.ts';
import { restart } from './rows/restart.ts';
import { store } from './rows/store.ts';
import { weight } from './rows/weight.ts';

/** The table of ceilings, row by row; those without a ceiling are told beside them. */
export const ROWS: readonly Row[] = [
  checkCost,
  memory,
  lateness,
  restart,
  store,
  phases,
  journeyWarm,
  journeyCold,
  load,
  audit,
  weight,
];
