/** How a piece of work ended that was given a limited time. */
export type Outcome<T> =
  | { readonly how: 'done'; readonly value: T }
  | { readonly how: 'failed'; readonly error: unknown }
  | { readonly how: 'late' };

/** Waits for work at most `limitMs` and never rejects. Work that is late goes on; nobody waits for it any more. */
export async function within<T>(limitMs: number, work: Promise<T>): Promise<Outcome<T>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome<T>>((resolve) => {
    timer = setTimeout(() => resolve({ how: 'late' }), Math.max(0, limitMs));
  });
  const settled = work.then(
    (value): Outcome<T> => ({ how: 'done', value }),
    (error: unknown): Outcome<T> => ({ how: 'failed', error }),
  );
  const outcome = await Promise.race([settled, late]);
  clearTimeout(timer);
  return outcome;
}
