/** How many characters must be changed, added or removed to make one text of the other (Levenshtein). */
export function characterErrors(wanted: string, got: string): number {
  let last = Array.from({ length: got.length + 1 }, (_, index) => index);
  for (let row = 1; row <= wanted.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= got.length; column += 1) {
      const same = wanted[row - 1] === got[column - 1] ? 0 : 1;
      const changed = (last[column - 1] ?? 0) + same;
      current.push(Math.min(changed, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    last = current;
  }
  return last[got.length] ?? 0;
}
