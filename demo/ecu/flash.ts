type FlashPhase = 'preparation' | 'effacement' | 'ecriture' | 'verification' | 'termine';
type FlashStatus = {
  readonly status: 'running' | 'done' | 'aborted';
  readonly phase: FlashPhase;
  /** Whole percent, 0 to 100. */
  readonly progress: number;
  /** Up to the verification the old software can be put back, so that an abort does no harm. */
  readonly abortable: boolean;
};
export type Flash = {
  readonly id: string;
  readonly ecu: string;
  readonly version: string;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly abortedAtMs?: number;
};

const phases: readonly { readonly phase: FlashPhase; readonly until: number }[] = [
  { phase: 'preparation', until: 0.1 },
  { phase: 'effacement', until: 0.25 },
  { phase: 'ecriture', until: 0.85 },
  { phase: 'verification', until: 1 },
];
const lastAbort = 0.85;

/** How far a flash has come. It follows from the time alone, so that no timer runs. */
export function flashStatus(flash: Flash, nowMs: number): FlashStatus {
  const share = Math.min(1, Math.max(0, ((flash.abortedAtMs ?? nowMs) - flash.startedAtMs) / flash.durationMs));
  const phase = phases.find(({ until }) => share < until)?.phase ?? 'termine';
  const status = flash.abortedAtMs !== undefined ? 'aborted' : share >= 1 ? 'done' : 'running';
  return { status, phase, progress: Math.floor(share * 100), abortable: status === 'running' && share < lastAbort };
}
