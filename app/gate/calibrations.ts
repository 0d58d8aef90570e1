import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, VigieError } from '../../core/errors.ts';
import type { Calibration } from '../../core/gate/result.ts';

const calibration = z.object({
  gates: z.number(),
  falseAlarms: z.number(),
  falseAlarmAtMost: z.number(),
  noise: z.number(),
  pairs: z.number(),
  at: z.number(),
  fingerprint: z.string(),
});
const file = z.object({ schemaVersion: z.literal(1), calibrations: z.array(calibration) });

/** Calibrations of the folder of a gate, one for each fingerprint; none before the first. */
export function readCalibrations(folder: string): readonly Calibration[] {
  const path = pathIn(folder);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // Not there, or not to be read: a gate goes without, and says so.
    return [];
  }
  try {
    return file.parse(JSON.parse(text)).calibrations;
  } catch (error) {
    throw new VigieError('calibration-unreadable', `'${path}' is no file of calibrations: ${messageOf(error)}`, {
      cause: error,
      hint: 'delete it and run `vigie gate --calibrate 20` again',
    });
  }
}

/** Puts a calibration in the place of an earlier one of the same fingerprint. */
export function keepCalibration(folder: string, calibrated: Calibration): string {
  const others = readCalibrations(folder).filter(({ fingerprint }) => fingerprint !== calibrated.fingerprint);
  const path = pathIn(folder);
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, `${JSON.stringify({ schemaVersion: 1, calibrations: [...others, calibrated] }, null, 2)}\n`);
  renameSync(beside, path);
  return path;
}

function pathIn(folder: string): string {
  return join(folder, 'calibration.json');
}
