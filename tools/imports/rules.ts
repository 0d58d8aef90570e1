/** What the files of a folder may import besides each other. */
export type FolderRule = {
  readonly folder: string;
  /** Folders, by name; a rule for a folder inside a folder is a rule of its own. `all` still leaves content out. */
  readonly may: readonly string[] | 'all';
  /** Content is what a user would write: the engine never imports it. */
  readonly isContent?: true;
  /** It finds and runs the real tools, which tests need in every folder that may import something of ours. */
  readonly servesTests?: true;
};

const PROBE_KINDS = ['http', 'tcp', 'dns', 'tls', 'heartbeat', 'journey', 'spec'];

/**
 * The layout as a table (`docs/architecture.md`): a star and not a web. The longest folder that fits a file counts, and
 * a folder without a rule is an error, so that a new one is a decision.
 */
export const FOLDER_RULES: readonly FolderRule[] = [
  { folder: 'core', may: [] },
  { folder: 'config', may: ['core'] },
  { folder: 'process', may: ['core'], servesTests: true },
  { folder: 'scheduler', may: ['core'] },
  { folder: 'synthetic', may: ['core', 'process', 'synthetic/net'] },
  { folder: 'synthetic/net', may: ['core', 'process', 'synthetic'] },
  // Kinds share through synthetic/ and synthetic/net, never with each other.
  ...PROBE_KINDS.map((kind): FolderRule => {
    return { folder: `synthetic/${kind}`, may: ['core', 'process', 'synthetic', 'synthetic/net'] };
  }),
  { folder: 'synthetic/journeys', may: ['app', 'core', 'synthetic', 'synthetic/journey'], isContent: true },
  { folder: 'load', may: ['core', 'process', 'load/kit'] },
  // Runs inside k6, where nothing of ours exists.
  { folder: 'load/kit', may: [] },
  { folder: 'load/scenarios', may: ['load/kit'], isContent: true },
  { folder: 'lighthouse', may: ['core', 'process'] },
  { folder: 'results', may: ['core', 'process'] },
  { folder: 'alerts', may: ['core'] },
  { folder: 'outbound', may: ['core'], servesTests: true },
  { folder: 'reporters', may: ['core'] },
  { folder: 'web', may: ['core'] },
  { folder: 'app', may: 'all' },
  { folder: 'demo', may: [], isContent: true },
  { folder: 'deploy', may: [] },
  { folder: 'tools', may: ['process'] },
  // What `npm start` puts beside the monitor: the demo's companions are those of the tests.
  { folder: 'tools/start', may: 'all', isContent: true },
  { folder: 'test', may: 'all', isContent: true },
  { folder: 'bench', may: 'all', isContent: true },
  { folder: 'docs', may: 'all', isContent: true },
  // Files at the root: the configurations of this repository's own tools and checks.
  { folder: '.', may: 'all', isContent: true },
];
