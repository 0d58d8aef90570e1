/** Who is to blame when a run could not be measured. Never the target: the target's trouble is a breach. */
export const BLAMES = ['script', 'tool', 'host', 'network', 'config', 'operator'] as const;
export type Blame = (typeof BLAMES)[number];

/** Every way in which a run can end without a measurement, who is to blame, and what to do next. One table for the whole program. */
export const FAULTS = {
  'evidence-missing': { blame: 'script', help: 'The run saw less than its kind must see before it may pass.' },
  'no-assertion': { blame: 'script', help: 'Assert something about the page or the answer.' },
  'no-samples': { blame: 'config', help: 'A budget names a measure that did not arrive, or too few samples of it.' },
  'script-exception': { blame: 'script', help: 'The script threw outside an assertion.' },
  'script-invalid': { blame: 'script', help: 'The script could not be loaded.' },
  'script-hung': {
    blame: 'script',
    help: 'The script did not end within its deadline and the target was not seen at fault.',
  },
  'script-runner-only': { blame: 'script', help: 'The script uses something that exists only under the test runner.' },
  'wrong-page': { blame: 'script', help: 'The page measured is not the page asked for.' },
  'login-failed': { blame: 'script', help: 'The stored login state could not be made.' },
  'nothing-selected': { blame: 'config', help: 'Nothing matched the selection.' },
  'config-invalid': { blame: 'config', help: 'The configuration of the check or tool is refused.' },
  'secret-missing': { blame: 'config', help: 'Set the environment variable or file the secret refers to.' },
  'not-allowed': { blame: 'config', help: 'Add the address to the allow-list if it may be reached.' },
  'not-armed': { blame: 'config', help: 'Arm the run explicitly to load a production target.' },
  'tool-missing': { blame: 'tool', help: 'Run `vigie doctor` for the command that installs it.' },
  'tool-crashed': { blame: 'tool', help: 'See the log artefact of the run.' },
  'tool-hung': { blame: 'tool', help: 'The tool did not end within its deadline and was killed.' },
  'tool-output': { blame: 'tool', help: 'The tool wrote something that cannot be read; it is kept as an artefact.' },
  'tool-version': { blame: 'tool', help: 'Install a supported version; see `vigie doctor`.' },
  'browser-launch': { blame: 'tool', help: 'Run `vigie doctor`.' },
  'browser-crashed': { blame: 'tool', help: 'The browser died; the run is tried again on a fresh one.' },
  'too-few-valid-runs': { blame: 'tool', help: 'Fewer audits gave numbers than were asked for.' },
  'host-overloaded': { blame: 'host', help: 'This machine was too busy to measure.' },
  'host-memory': { blame: 'host', help: 'This machine ran out of memory.' },
  'host-processes': { blame: 'host', help: 'This machine could not start another process.' },
  'host-descriptors': { blame: 'host', help: 'This machine ran out of file descriptors.' },
  'host-disk': { blame: 'host', help: 'This machine could not write to its disk.' },
  'host-clock': { blame: 'host', help: 'The clock of this machine was set while the run measured.' },
  'listener-down': { blame: 'host', help: 'Our own listener was down in the window, so a ping may have been missed.' },
  'lane-busy': { blame: 'host', help: 'Another run holds the lane.' },
  'resolver-down': { blame: 'network', help: 'The resolver did not answer.' },
  'network-down': { blame: 'network', help: 'This machine has no route to the network.' },
  'proxy-failed': { blame: 'network', help: 'The configured proxy refused or broke the connection.' },
  cancelled: { blame: 'operator', help: 'Somebody cancelled the run.' },
  shutdown: { blame: 'operator', help: 'The process was stopped during the run.' },
  internal: { blame: 'tool', help: 'A defect of Vigie itself; please report it with the message.' },
} as const satisfies Record<string, { readonly blame: Blame; readonly help: string }>;

export type FaultCode = keyof typeof FAULTS;

/** Why a run is inconclusive. */
export type Fault = {
  readonly code: FaultCode;
  readonly blame: Blame;
  readonly message: string;
  /** The tool that is missing, so that one cause is told once and not once for each check. */
  readonly tool?: string;
};

/** Makes a fault; `blame` only where evidence says otherwise than the table. */
export function fault(code: FaultCode, message: string, blame: Blame = FAULTS[code].blame): Fault {
  return { code, blame, message };
}

/**
 * What a fault has in common with those of other checks: this machine, its network, a tool that is missing. One such cause is one incident
 * of the monitor. `undefined` where the fault is of one check alone.
 */
export function sharedCauseOf({ code, blame, tool }: Fault): string | undefined {
  if (blame === 'host' || blame === 'network') return code;
  return code === 'tool-missing' && tool !== undefined ? `${code}.${tool}` : undefined;
}
