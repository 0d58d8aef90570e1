import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ConfigError, EXIT, type ExitCode, formatDiagnostic, messageOf, VigieError } from '../core/errors.ts';
import type { ProposeOptions } from './commands/budgets-propose.ts';
import type { CompareOptions } from './commands/compare.ts';
import type { IncidentsOptions } from './commands/incidents.ts';
import type { InitOptions } from './commands/init.ts';
import type { ReportOptions } from './commands/report.ts';
import type { RunOptions } from './commands/run-options.ts';
import type { GateOptions } from './gate/gate-options.ts';
import { openTerminal, type Streams, type Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

type Common = {
  readonly config?: string;
  readonly target?: readonly string[];
  readonly environment?: string;
  readonly json?: boolean;
};
type Named<Options> = Omit<Options, 'ids' | 'only'> & Common;
type Action<Options> = (options: Options, terminal: Terminal, names: readonly string[]) => Promise<ExitCode>;

/**
 * The command line. Commands are imported when they are called, so that `--help` does not load a browser engine.
 * Returns the exit code; never calls `process.exit`.
 */
export async function runCli(argv: readonly string[], streams: Streams = process): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.passed;
  const program = new Command('vigie')
    .description(
      'Synthetic monitoring and performance testing: probes, journeys, audits and load on one schedule, one budget language, one verdict.',
    )
    .version(VERSION)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
    });

  function command<Options extends Common>(
    name: string,
    description: string,
    action: Action<Options>,
    parent = program,
  ): Command {
    return withCommonOptions(parent.command(name).description(description)).action(async (...given: unknown[]) => {
      const self = given.at(-1);
      if (!(self instanceof Command)) throw new TypeError('commander passes the command last');
      const options = self.opts<Options>();
      const terminal = openTerminal({ json: options.json ?? false, streams, environment: process.env });
      exitCode = await guarded(() => action(options, terminal, self.args), terminal);
    });
  }

  command('start', 'watch everything on schedule until stopped', async (o, t) =>
    (await import('./commands/start.ts')).start(o, t),
  ).option('--watch', 'reload when the configuration or its folder changes');
  command<Named<RunOptions>>('run', 'run checks now and say how they ended', async (o, t, names) =>
    (await import('./commands/run.ts')).run({ ...o, ids: names }, t),
  )
    .argument('[check...]', 'ids of checks; default all that have a schedule')
    .option('--tag <tag...>', 'only checks with one of these tags')
    .option('--due', 'only checks whose slot fell due since their last record; for an outer cron')
    .option('--push', 'push the results to the Pushgateway of the settings')
    .option('--no-record', 'leave no trace in the data folder')
    .option('--no-wait', 'end inconclusive instead of waiting for a heavy run of another process')
    .option('--arm', 'allow load on a production target');
  command<Named<RunOptions>>('load', 'run a load check with live progress', async (o, t, names) =>
    (await import('./commands/run.ts')).run({ ...o, ids: names, only: 'load' }, t),
  )
    .argument('<check...>', 'ids of load checks')
    .option('--no-record', 'leave no trace in the data folder')
    .option('--no-wait', 'end inconclusive instead of waiting for a heavy run of another process')
    .option('--arm', 'allow load on a production target');
  command<Named<RunOptions>>('audit', 'run audit checks', async (o, t, names) =>
    (await import('./commands/run.ts')).run({ ...o, ids: names, only: 'audit' }, t),
  )
    .argument('[check...]', 'ids of audit checks; default all')
    .option('--no-record', 'leave no trace in the data folder')
    .option('--no-wait', 'end inconclusive instead of waiting for a heavy run of another process');
  command<Named<GateOptions>>(
    'gate',
    'hold a release against what is in production, and against its budgets',
    async (o, t) => (await import('./commands/gate.ts')).gate(o, t),
  )
    .option(
      '--baseline <url...>',
      "what is in production: its URL, 'history' (stored runs) or 'none'; default settings.gate.baseline",
    )
    .option('--only <check...>', 'ids or kinds of checks; default all that have a schedule')
    .option('--tag <tag...>', 'only checks with one of these tags')
    .option('--fail-fast', 'end at the first thing that fails')
    .option('--max-duration <duration>', "end after this, decided or not, e.g. '5m'")
    .addOption(
      new Option('--undecided <as>', 'what a gate that cannot tell in time ends as').choices([
        'inconclusive',
        'pass',
        'fail',
      ]),
    )
    .option('--start <command>', 'start the candidate with this, and stop it again')
    .option('--wait-on <url>', 'the started candidate is ready when this answers; default its URL')
    .option('--baseline-start <command>', 'start the baseline with this, and stop it again')
    .option('--baseline-wait-on <url>', 'the started baseline is ready when this answers; default its URL')
    .option('--calibrate <times>', 'gate the baseline against itself so often, and keep what that shows', wholeNumber)
    .option('--plan', 'only say how long it will take')
    .option('--out <folder>', 'where reports and evidence go; default settings.gate.folder')
    .option('--no-wait', 'end inconclusive instead of waiting for a heavy run of another process')
    .option('--arm', 'allow load on a production target')
    .option('--even-unfit', 'judge although this machine was overloaded or changed its speed')
    .option('--verbose', 'list every value, not only the first');
  command<Named<CompareOptions>>(
    'compare',
    'hold stored runs against others, with the statistics and the report of a gate',
    async (o, t, names) => (await import('./commands/compare.ts')).compare({ ...o, ids: names }, t),
  )
    .argument('<before>', "id of a run, '<check>@last:<count>' or '<check>@<since>..<until>'")
    .argument('<after>', 'the same of what is held against it')
    .option('--data <folder>', "folder with the runs, e.g. a gate's; default settings.dataFolder")
    .option('--out <folder>', 'write the report there, too')
    .option('--even-unlike', 'compare runs of unlike hosts or tools, and say so')
    .option('--verbose', 'list every value, not only the first');
  const budgets = program.command('budgets').description('limits out of the history, or out of files of other tools');
  command<Named<ProposeOptions>>(
    'propose',
    'limits that the history of each check would have kept, to paste; remarks on those that are there',
    async (o, t, names) => (await import('./commands/budgets-propose.ts')).proposeBudgets({ ...o, ids: names }, t),
    budgets,
  )
    .argument('[check...]', 'ids of checks; default all that have a schedule')
    .option('--since <duration>', "how far back, e.g. '30d'", '14d');
  command(
    'import',
    'budgets out of a Lighthouse budget.json, a lighthouserc, a k6 script or k6 options',
    async (_o, t, [file = '']) => (await import('./commands/budgets-import.ts')).importBudgets(file, t),
    budgets,
  ).argument('<file>', 'the file; it is only read');
  command('status', 'state of every check, from the store', async (o, t) =>
    (await import('./commands/status.ts')).status(o, t),
  );
  command<Named<ReportOptions>>('report', 'uptime and runs over a time', async (o, t, names) =>
    (await import('./commands/report.ts')).report({ ...o, ids: names }, t),
  )
    .argument('[check...]', 'ids of checks; default all')
    .option('--since <duration>', "how far back, e.g. '24h'", '24h');
  command<Named<IncidentsOptions>>('incidents', 'incidents and what each channel answered', async (o, t) =>
    (await import('./commands/incidents.ts')).incidents(o, t),
  )
    .option('--open', 'only open ones')
    .option('--limit <count>', 'how many', wholeNumber, 20);
  command('plan', 'what the next 24 hours will do to this machine', async (o, t) =>
    (await import('./commands/plan.ts')).plan(o, t),
  );
  command('validate', 'check the configuration, all problems at once', async (o, t) =>
    (await import('./commands/validate.ts')).validate(o, t),
  );
  command('token', 'make a token for the API and print its hash for the configuration', async (_o, t) =>
    (await import('./commands/token.ts')).token(t),
  );
  command('doctor', 'what is installed, what is missing, how to fix it', async (o, t) =>
    (await import('./commands/doctor.ts')).doctor(o, t),
  );
  command('setup', 'find or install the browser and k6', async (o, t) =>
    (await import('./commands/setup.ts')).setup(o, t),
  );
  command<Named<InitOptions>>('init', 'write a first configuration', async (o, t) =>
    (await import('./commands/init.ts')).init(o, t),
  ).requiredOption('--url <url>', 'the application to watch');

  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.passed : EXIT.badConfig;
  }
}

function withCommonOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file (default vigie.config.ts)')
    .option('--environment <name>', 'entry of `environments` to apply (or VIGIE_ENVIRONMENT)')
    .option('--target <url...>', "aim at another URL, e.g. a preview; 'api=https://…' for an origin (or VIGIE_TARGET)")
    .option('--json', 'one JSON document on stdout, text for people on stderr');
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('a whole number above 0 is needed');
}

/** Errors meant for people become their message and exit code; anything else is a defect and keeps its stack. */
async function guarded(action: () => Promise<ExitCode>, terminal: Terminal): Promise<ExitCode> {
  try {
    return await action();
  } catch (error) {
    if (terminal.json) terminal.out(JSON.stringify(errorDocument(error), null, 2));
    if (error instanceof ConfigError) {
      terminal.say(
        terminal.paint.bad(
          `the configuration has ${error.diagnostics.length === 1 ? 'a problem' : `${error.diagnostics.length} problems`}:`,
        ),
      );
      for (const problem of error.diagnostics) terminal.say(`  ${formatDiagnostic(problem)}`);
      return EXIT.badConfig;
    }
    if (error instanceof VigieError) {
      terminal.say(terminal.paint.bad(error.message));
      if (error.hint !== undefined) terminal.say(`  ${error.hint}`);
      return EXIT.badConfig;
    }
    terminal.say(
      terminal.paint.bad(
        `a defect of vigie: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}`,
      ),
    );
    return EXIT.inconclusive;
  }
}

function errorDocument(error: unknown): object {
  const problems = error instanceof ConfigError ? error.diagnostics : [{ path: '', message: messageOf(error) }];
  const code = error instanceof VigieError ? error.code : 'defect';
  return { schemaVersion: 1, valid: false, code, problems };
}
