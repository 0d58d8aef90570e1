import { EXIT, type ExitCode } from '../../core/errors.ts';
import type { GateStatus } from '../../core/gate/result.ts';
import type { GateSettings } from '../../core/plan.ts';

/** The exit code of a gate; what could not be told in time ends as the user wants it to. */
export function exitOfGate(status: GateStatus, undecided: GateSettings['undecided']): ExitCode {
  switch (status) {
    case 'passed':
      return EXIT.passed;
    case 'failed':
      return EXIT.failed;
    case 'inconclusive':
      return EXIT.inconclusive;
    case 'interrupted':
      return EXIT.interrupted;
    case 'undecided':
      return exitOfUndecided(undecided);
  }
}

function exitOfUndecided(undecided: GateSettings['undecided']): ExitCode {
  switch (undecided) {
    case 'pass':
      return EXIT.passed;
    case 'fail':
      return EXIT.failed;
    case 'inconclusive':
      return EXIT.inconclusive;
  }
}
