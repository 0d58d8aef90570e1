import { EXIT, type ExitCode } from '../../core/errors.ts';
import { calibrationOf } from '../../core/gate/calibrate.ts';
import type { GateResult } from '../../core/gate/result.ts';
import { formatQuantity } from '../../core/units.ts';
import { realClock } from '../adapters/real-clock.ts';
import type { Terminal } from '../terminal.ts';
import { keepCalibration } from './calibrations.ts';
import { type GateInput, runGate } from './run-gate.ts';
import type { GateSession } from './session.ts';

export type CalibrateSetting = {
  readonly times: number;
  readonly folder: string;
  readonly session: GateSession;
  readonly terminal: Terminal;
};

/** Gates a deployment against itself, again and again: every verdict of worse is a false alarm, and the noise is that of this machine. */
export async function calibrate(
  input: GateInput,
  { times, folder, session, terminal }: CalibrateSetting,
): Promise<ExitCode> {
  const results: GateResult[] = [];
  for (let time = 1; time <= times && !session.cancel.aborted; time += 1) {
    const result = await runGate(input, session);
    results.push(result);
    terminal.say(
      `${time} of ${times}: ${result.status} after ${formatQuantity(result.durationMs, 'ms')} – ${result.reason}`,
    );
  }
  const calibrated = calibrationOf(results, realClock.now());
  if (terminal.json)
    terminal.out(JSON.stringify({ schemaVersion: 1, command: 'gate', calibration: calibrated ?? null }, null, 2));
  if (calibrated === undefined) {
    terminal.say(terminal.paint.warn('no gate could measure, so nothing is known of its error rates here'));
    return session.cancel.aborted ? EXIT.interrupted : EXIT.inconclusive;
  }
  const { gates, falseAlarms, falseAlarmAtMost, noise, pairs } = calibrated;
  terminal.say(
    `${falseAlarms} false ${falseAlarms === 1 ? 'alarm' : 'alarms'} in ${gates} gates (at most ${formatQuantity(falseAlarmAtMost, 'ratio')} with 95 % confidence); noise of a pair ${formatQuantity(noise, 'ratio')}, ${pairs} pairs`,
  );
  terminal.say(`kept in ${keepCalibration(folder, calibrated)}`);
  return session.cancel.aborted ? EXIT.interrupted : EXIT.passed;
}
