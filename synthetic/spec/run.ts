import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cut } from '../../core/cut.ts';
import { messageOf, VigieError } from '../../core/errors.ts';
import { fault } from '../../core/fault.ts';
import type { RunContext } from '../../core/kind.ts';
import { EMPTY_OBSERVATION, type Observation } from '../../core/observation.ts';
import { runProcess } from '../../process/run-process.ts';
import { withTempFolder } from '../../process/temp-folder.ts';
import { buildArguments, buildEnvironment, filesOf, type SpecFiles } from './arguments.ts';
import { collectArtefacts } from './artefacts.ts';
import type { SpecOptions } from './options.ts';
import { toObservation } from './parse.ts';
import { readReport } from './report-lines.ts';

/** The process gets a little less than the check has, so that its end is ours to tell. */
const MARGIN_MS = 2_000;
const KILL_GRACE_MS = 5_000;
/** Some hundred thousand tests. A larger one is refused: what is not read cannot be judged. */
const LARGEST_REPORT_BYTES = 268_435_456;

/** Runs the tests of a Playwright project with its own command line and reads what our reporter wrote. */
export async function runSpecCheck(options: SpecOptions, context: RunContext): Promise<Observation> {
  try {
    return await withTempFolder('spec', (temp) => runIn(temp, options, context));
  } catch (error) {
    return refusal(error, context);
  }
}

async function runIn(temp: string, options: SpecOptions, context: RunContext): Promise<Observation> {
  const files = filesOf(options, context, temp);
  await mkdir(dirname(files.report), { mode: 0o700 });
  const chromium = await context.tools.find('chromium');
  const ending = await runProcess({
    command: process.execPath,
    args: buildArguments(options, files),
    cwd: files.folder,
    env: buildEnvironment(options, context, files, chromium.found ? chromium.path : undefined),
    deadlineMs: Math.max(1_000, context.check.timeoutMs - MARGIN_MS),
    killGraceMs: KILL_GRACE_MS,
    signal: context.signal,
    recordIn: temp,
    onStdoutLine: (line) => context.progress({ text: context.secrets.scrub(line) }),
  });
  const report = readReport(await readReportFile(files));
  const observation = toObservation(ending, report, context.secrets);
  const { artefacts, dropped } = await collectArtefacts(ending, report.lines, files, context);
  const facts = {
    ...observation.facts,
    ...(report.broken === 0 ? {} : { unreadableReportLines: String(report.broken) }),
    ...(dropped.length === 0 ? {} : { artefactsDropped: cut(dropped.join('; '), 1_000) }),
  };
  return { ...observation, artefacts, facts };
}

/** No file: the reporter was never called, which the ending of the process explains. */
async function readReportFile({ report }: SpecFiles): Promise<string> {
  const size = (await stat(report).catch(() => undefined))?.size ?? 0;
  if (size > LARGEST_REPORT_BYTES)
    throw new VigieError('tool-output', `the report has ${size} bytes; at most ${LARGEST_REPORT_BYTES} are read`);
  return size === 0 ? '' : readFile(report, 'utf8');
}

function refusal(error: unknown, { secrets }: RunContext): Observation {
  const hint = error instanceof VigieError && error.hint !== undefined ? `; ${error.hint}` : '';
  const message = secrets.scrub(`${messageOf(error)}${hint}`);
  if (error instanceof VigieError && (error.code === 'secret-missing' || error.code === 'tool-output')) {
    return { ...EMPTY_OBSERVATION, fault: fault(error.code, message) };
  }
  return { ...EMPTY_OBSERVATION, fault: fault(error instanceof RangeError ? 'tool-missing' : 'internal', message) };
}
