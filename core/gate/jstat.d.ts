/** What is used of jStat; the package brings no types. */
declare module 'jstat' {
  const jStat: {
    readonly studentt: {
      cdf(t: number, degrees: number): number;
      inv(probability: number, degrees: number): number;
    };
    readonly beta: { inv(probability: number, alpha: number, beta: number): number };
  };
  export default jStat;
}
