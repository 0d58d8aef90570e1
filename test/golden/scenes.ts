/** One call of a command. */
export type Scene = {
  /** What is typed after `vigie`. */
  readonly args: string;
  /** Where; see `Project`. Default `watched`. */
  readonly within?: 'watched' | 'fresh' | 'measured' | 'empty';
  readonly env?: Readonly<Record<string, string>>;
  /** It measures something, so durations vary. */
  readonly isMeasured?: true;
  /** The user it is run by, where that matters. Root is 0. */
  readonly uid?: number;
};

/** `usual`: all is well; `wrong`: its most usual errors. What `--help` says comes by itself. */
export type Scenes = { readonly usual: readonly Scene[]; readonly wrong: readonly Scene[] };

export type Places = {
  readonly targetUrl: string;
  /** Programs that only answer with their version. */
  readonly k6: string;
  readonly chromium: string;
};

/** What is asked of each command but `start`, which has to be stopped. */
export function scenesOf({ targetUrl, k6, chromium }: Places): Readonly<Record<string, Scenes>> {
  const withTools = { VIGIE_K6: k6, VIGIE_CHROMIUM: chromium };
  const withoutTools = { VIGIE_K6: '/nowhere/k6', VIGIE_CHROMIUM: '/nowhere/chromium' };
  const inconclusive = { env: withoutTools, isMeasured: true } as const;
  return {
    vigie: {
      usual: [{ args: '--version' }],
      wrong: [{ args: '' }, { args: 'statis' }, { args: 'status --colour' }],
    },
    run: {
      usual: [
        { args: 'run home news', within: 'measured', isMeasured: true },
        { args: 'run --due', within: 'measured' },
      ],
      wrong: [{ args: 'run', within: 'empty' }, { args: 'run hom' }, { args: 'run --due --no-record' }],
    },
    load: {
      usual: [{ args: 'load burst --no-record', ...inconclusive }],
      wrong: [{ args: 'load' }, { args: 'load home' }],
    },
    audit: { usual: [{ args: 'audit --no-record', ...inconclusive }], wrong: [{ args: 'audit home' }] },
    gate: {
      // What it says of values depends on how busy the machine is; its table is that of `compare`.
      usual: [{ args: 'gate --only home --baseline none --plan' }],
      wrong: [
        { args: 'gate --only home --baseline none --start false', within: 'measured', isMeasured: true },
        { args: 'gate --only hom' },
        { args: 'gate --max-duration soon' },
      ],
    },
    compare: {
      usual: [
        { args: 'compare home@41h..20.5h home@20.5h..' },
        { args: 'compare 20260102060000000-0000beef 20260103060000000-0000beef' },
      ],
      wrong: [
        { args: 'compare home@last:5' },
        { args: 'compare home home@last:5' },
        { args: 'compare home@last:5 home@last:6' },
        { args: 'compare home@last:5 news@last:5', within: 'fresh' },
      ],
    },
    budgets: { usual: [], wrong: [{ args: 'budgets' }] },
    'budgets propose': {
      usual: [{ args: 'budgets propose home news' }],
      wrong: [{ args: 'budgets propose pages' }, { args: 'budgets propose --since soon' }],
    },
    'budgets import': {
      usual: [{ args: 'budgets import budget.json' }],
      wrong: [
        { args: 'budgets import options.json' },
        { args: 'budgets import package.json' },
        { args: 'budgets import none.json' },
      ],
    },
    status: { usual: [{ args: 'status' }], wrong: [{ args: 'status', within: 'fresh' }] },
    report: {
      usual: [{ args: 'report --since 2d' }],
      wrong: [{ args: 'report', within: 'fresh' }, { args: 'report hom' }, { args: 'report --since soon' }],
    },
    incidents: {
      usual: [{ args: 'incidents' }, { args: 'incidents --open' }],
      wrong: [{ args: 'incidents', within: 'fresh' }, { args: 'incidents --limit 0' }],
    },
    plan: { usual: [{ args: 'plan', env: withTools }], wrong: [{ args: 'plan', within: 'empty' }] },
    validate: {
      usual: [{ args: 'validate' }],
      wrong: [{ args: 'validate --config wrong.config.ts' }, { args: 'validate --config none.ts' }],
    },
    token: { usual: [{ args: 'token' }], wrong: [{ args: 'token shop' }] },
    doctor: {
      usual: [
        { args: 'doctor', env: withTools, uid: 1_000 },
        { args: 'doctor', env: withTools, uid: 0 },
      ],
      wrong: [{ args: 'doctor', env: withoutTools, uid: 1_000 }],
    },
    setup: { usual: [{ args: 'setup', env: withTools }], wrong: [{ args: 'setup k6' }] },
    init: {
      usual: [{ args: `init --url ${targetUrl}`, within: 'empty' }],
      wrong: [{ args: `init --url ${targetUrl}` }, { args: 'init --url shop' }, { args: 'init' }],
    },
  };
}
