import jStat from 'jstat';

/** Upper end of the exact one-sided interval for a share of which `seen` of `all` were seen (Clopper & Pearson 1934). */
export function shareAtMost(seen: number, all: number, confidence = 0.95): number {
  return seen >= all ? 1 : jStat.beta.inv(confidence, seen + 1, all - seen);
}
