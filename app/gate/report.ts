import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, type ExitCode, messageOf } from '../../core/errors.ts';
import type { GateResult } from '../../core/gate/result.ts';
import { GATE_FILES, gateFiles } from '../../reporters/gate/files.ts';
import { gateAnnotations } from '../../reporters/gate/github/annotations.ts';
import { commentBody, putComment } from '../../reporters/gate/github/comment.ts';
import { commentPlace } from '../../reporters/gate/github/context.ts';
import { gateOutputs } from '../../reporters/gate/github/outputs.ts';
import { gateSummary, SUMMARY_LIMIT_BYTES } from '../../reporters/gate/github/summary.ts';
import { gateTable } from '../../reporters/gate/table.ts';
import type { Terminal } from '../terminal.ts';
import { VERSION } from '../version.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type ReportInput = {
  readonly result: GateResult;
  readonly exitCode: ExitCode;
  readonly folder: string;
  readonly verbose: boolean;
  readonly terminal: Terminal;
  readonly environment: Environment;
};

const COMMENT_WITHIN_MS = 20_000;

/**
 * Tells how a gate ended, everywhere it should be told. A report that cannot be written takes a good exit code away, because
 * nobody has seen what it would vouch for; a comment that GitHub refuses is only said.
 */
export async function report(input: ReportInput): Promise<ExitCode> {
  const { result, exitCode, folder, terminal, environment } = input;
  const failures: string[] = [];
  const files = await gateFiles(result, { vigie: VERSION, exitCode });
  for (const { file, text } of files)
    await attempt(`${join(folder, file)} could not be written`, failures, async () =>
      writeFileSync(join(folder, file), text),
    );
  if (environment.GITHUB_ACTIONS === 'true') await tellGithub(input, failures);
  for (const line of gateTable(result, { paint: terminal.paint, verbose: input.verbose })) terminal.say(line);
  if (failures.length === 0) terminal.say(terminal.paint.dim(`report: ${join(folder, GATE_FILES.html)}`));
  for (const failure of failures) terminal.say(terminal.paint.bad(failure));
  if (terminal.json) terminal.out(files.find(({ file }) => file === GATE_FILES.document)?.text ?? '');
  return failures.length > 0 && exitCode === EXIT.passed ? EXIT.inconclusive : exitCode;
}

async function attempt(what: string, failures: string[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    failures.push(`${what}: ${messageOf(error)}`);
  }
}

async function tellGithub({ result, folder, terminal, environment }: ReportInput, failures: string[]): Promise<void> {
  const { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: outputs } = environment;
  for (const line of gateAnnotations(result)) terminal.say(line);
  if (summary !== undefined)
    await attempt('the job summary could not be written', failures, async () =>
      appendFileSync(summary, gateSummary(result, { limitBytes: SUMMARY_LIMIT_BYTES })),
    );
  if (outputs !== undefined)
    await attempt('the outputs of the step could not be written', failures, async () =>
      appendFileSync(outputs, gateOutputs(result, join(folder, GATE_FILES.html), randomBytes(16).toString('hex'))),
    );
  const place = commentPlace(environment, eventOf(environment));
  if ('reason' in place) return terminal.say(terminal.paint.dim(`no comment: ${place.reason}`));
  const body = commentBody(result, place.key);
  const outcome = await putComment(body, place, fetch, AbortSignal.timeout(COMMENT_WITHIN_MS));
  terminal.say(outcome.status === 'failed' ? terminal.paint.warn(`no comment: ${outcome.reason}`) : outcome.url);
}

function eventOf({ GITHUB_EVENT_PATH: path }: Environment): string {
  if (path === undefined) return '';
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Without the event there may still be the name of the ref.
    return '';
  }
}
