import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fault } from '../core/fault.ts';
import { defineKind } from '../core/kind.ts';
import { LOAD_MEASURES } from './catalogue.ts';
import { LOAD_ENDINGS } from './endings.ts';
import { loadSchema } from './options.ts';
import { type Machine, runLoad } from './run.ts';

/** Without a `timeout` of its own a check has room for the guide's five minutes, with graceful stop and summary. */
const DEFAULT_TIMEOUT_MS = 600_000;

const thisMachine: Machine = {
  resolveName: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  readSystemFile: (path) => readFile(path, 'utf8'),
  cores: availableParallelism(),
};

/** Load tests: a k6 script, run unchanged by k6 itself, judged by its own thresholds and by budgets. */
export const loadKind = defineKind({
  kind: 'load',
  schema: loadSchema,
  lane: () => 'exclusive',
  defaultTimeoutMs: DEFAULT_TIMEOUT_MS,
  evidence: () => [
    { item: 'script_exceptions', atMost: 0, fault: fault('script-exception', 'The script threw exceptions') },
    {
      item: 'mistyped_options',
      atMost: 0,
      fault: fault('script-invalid', 'The script exports an option that k6 does not know and ignores'),
    },
    { item: 'iterations', atLeast: 1, fault: fault('evidence-missing', 'No iteration of the script was completed') },
    { item: 'requests', atLeast: 1, fault: fault('evidence-missing', 'The script asked nothing of the target') },
    {
      item: 'judgements',
      atLeast: 1,
      fault: fault(
        'no-assertion',
        'Nothing judged what the target answered: the script has no threshold and no check, and k6 was told to expect no status',
      ),
    },
    {
      item: 'thresholds_without_samples',
      atMost: 0,
      fault: fault(
        'no-samples',
        'A threshold of the script has no samples behind it, so k6 let it pass unjudged',
        'script',
      ),
    },
  ],
  measures: LOAD_MEASURES,
  endings: LOAD_ENDINGS,
  watchesHost: true,
  needs: () => ['k6'],
  files: (options) => [options.script],
  open: () => Promise.resolve(undefined),
  close: () => Promise.resolve(),
  run: (options, context) => runLoad(options, context, thisMachine),
});
