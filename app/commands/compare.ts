import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError, EXIT, type ExitCode } from '../../core/errors.ts';
import type { GateResult } from '../../core/gate/result.ts';
import { parseRunSet, RUN_SET_FORMS, type RunSet } from '../../core/gate/run-set.ts';
import { GATE_FILES, gateFiles } from '../../reporters/gate/files.ts';
import { gateTable } from '../../reporters/gate/table.ts';
import { openReader } from '../../results/open-reader.ts';
import { realClock } from '../adapters/real-clock.ts';
import { compareStored, folderOf, incomparable } from '../gate/compare-stored.ts';
import { exitOfGate } from '../gate/exit-of.ts';
import { readSet, type StoredSet } from '../gate/stored-sets.ts';
import { loadPlan, type PlanOptions } from '../load-plan.ts';
import type { Terminal } from '../terminal.ts';
import { VERSION } from '../version.ts';

export type CompareOptions = PlanOptions & {
  /** The two sets, what was before first. */
  readonly ids: readonly string[];
  /** Folder with the store; default that of the settings. */
  readonly data?: string;
  readonly out?: string;
  readonly evenUnlike?: boolean;
  readonly verbose?: boolean;
};

/** `vigie compare`: holds two stored runs, or two sets of them, against each other as a gate does. Measures nothing. */
export async function compare(options: CompareOptions, terminal: Terminal): Promise<ExitCode> {
  const sets = parseSets(options.ids);
  const plan = await loadPlan(options, process.env);
  const dataFolder = folderOf(options.data, plan);
  const { base, candidate } = readSets(dataFolder, sets);
  const problem = base.problem ?? candidate.problem ?? incomparable(base.runs, candidate.runs);
  if (problem !== undefined) return refuse(problem, terminal);
  const [ofBase = '', ofCandidate = ''] = options.ids;
  const result = compareStored({
    plan,
    names: { base: ofBase, candidate: ofCandidate },
    base,
    candidate,
    evenUnlike: options.evenUnlike ?? false,
    dataFolder,
    outFolder: options.out === undefined ? dataFolder : resolve(options.out),
  });
  return tell(result, options, terminal);
}

type Both<T> = { readonly base: T; readonly candidate: T };

function parseSets(texts: readonly string[]): Both<RunSet> {
  const now = realClock.now();
  const parsed = texts.map((text) => parseRunSet(text, now));
  const problems = parsed.flatMap((one) => ('problem' in one ? [one.problem] : []));
  const [base, candidate] = parsed.flatMap((one) => ('problem' in one ? [] : [one]));
  if (problems.length === 0 && base !== undefined && candidate !== undefined) return { base, candidate };
  const wrong = problems.length > 0 ? problems : ['two runs, or two sets of runs, are compared'];
  throw new ConfigError([{ path: 'compare', message: wrong.join('; '), hint: RUN_SET_FORMS }]);
}

function readSets(folder: string, sets: Both<RunSet>): Both<StoredSet> {
  const reader = openReader({ folder });
  try {
    return { base: readSet(reader, sets.base), candidate: readSet(reader, sets.candidate) };
  } finally {
    reader.close();
  }
}

function refuse(problem: string, terminal: Terminal): ExitCode {
  if (terminal.json)
    terminal.out(JSON.stringify({ schemaVersion: 1, command: 'compare', problems: [problem] }, null, 2));
  terminal.say(terminal.paint.warn(problem));
  return EXIT.inconclusive;
}

async function tell(
  result: GateResult,
  { out, verbose = false }: CompareOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const exitCode = exitOfGate(result.status, 'inconclusive');
  const files = await gateFiles(result, { vigie: VERSION, exitCode, command: 'compare' });
  if (out !== undefined) {
    mkdirSync(out, { recursive: true });
    for (const { file, text } of files) writeFileSync(join(out, file), text);
  }
  for (const line of gateTable(result, { paint: terminal.paint, verbose })) terminal.say(line);
  if (out !== undefined) terminal.say(terminal.paint.dim(`report: ${join(out, GATE_FILES.html)}`));
  if (terminal.json) terminal.out(files.find(({ file }) => file === GATE_FILES.document)?.text ?? '');
  return exitCode;
}
