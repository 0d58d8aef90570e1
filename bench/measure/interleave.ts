/** What was measured of the bare tool and of ours, pair by pair: each pair ran side by side in time. */
export type Pairs = { readonly bare: readonly number[]; readonly ours: readonly number[] };

export type Interleaving = {
  readonly rounds: number;
  readonly bare: () => Promise<number>;
  readonly ours: () => Promise<number>;
  readonly signal: AbortSignal;
  readonly onRound?: (done: number) => void;
};

/**
 * Bare, ours, ours, bare, and so on (ABBA): a machine that grows slower or busier slows both alike, and going second
 * favours neither.
 */
export async function interleave({ rounds, bare, ours, signal, onRound }: Interleaving): Promise<Pairs> {
  const found: { readonly bare: number[]; readonly ours: number[] } = { bare: [], ours: [] };
  for (let round = 0; round < rounds; round += 1) {
    signal.throwIfAborted();
    const order = round % 2 === 0 ? (['bare', 'ours'] as const) : (['ours', 'bare'] as const);
    for (const which of order) found[which].push(await (which === 'bare' ? bare() : ours()));
    onRound?.(round + 1);
  }
  return found;
}

/** Ours over the bare tool's, for each pair. */
export function ratiosOf({ bare, ours }: Pairs): readonly number[] {
  return ours.map((value, index) => value / (bare[index] ?? Number.NaN));
}
