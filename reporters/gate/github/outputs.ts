import type { GateResult } from '../../../core/gate/result.ts';
import { countsOf } from '../words.ts';

/**
 * Text to append to the file of `GITHUB_OUTPUT`. `report` is the path of the HTML report; `entropy` makes the delimiter one that no value
 * can hold: a value that did could write outputs of its own.
 */
export function gateOutputs(result: GateResult, report: string, entropy: string): string {
  const { bad, undecided } = countsOf(result);
  const outputs = { status: result.status, regressed: String(bad), undecided: String(undecided), report };
  return Object.entries(outputs)
    .map(([name, value]) => heredoc(name, value, `vigie_${entropy}`))
    .join('');
}

function heredoc(name: string, value: string, delimiter: string): string {
  if (value.includes(delimiter)) throw new RangeError(`the output '${name}' holds its own delimiter`);
  return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
}
