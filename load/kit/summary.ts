/** What k6 hands to `handleSummary`, as far as it is used here. */
export type SummaryData = {
  readonly metrics: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly contains: string;
        readonly values: Readonly<Record<string, number>>;
        readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
      }
    >
  >;
  readonly state: { readonly testRunDurationMs: number };
};
type Metric = SummaryData['metrics'][string];

/**
 * A summary of one screen: thresholds first, then the numbers. Without colours, so that it can be kept in a file.
 * @example export function handleSummary(data) { return { stdout: textSummary(data) }; }
 */
export function textSummary(data: SummaryData): string {
  const metrics = Object.entries(data.metrics).sort(([a], [b]) => (a < b ? -1 : 1));
  const thresholds = metrics.flatMap(([name, { thresholds: all = {} }]) =>
    Object.entries(all).map(([expression, { ok }]) => `  ${ok ? 'ok     ' : 'CROSSED'} ${name}: ${expression}`),
  );
  const width = Math.max(0, ...metrics.map(([name]) => name.length));
  const lines = metrics.map(([name, metric]) => `  ${name.padEnd(width)}  ${describe(metric)}`);
  const seconds = (data.state.testRunDurationMs / 1_000).toFixed(1);
  return [
    '',
    `Thresholds${thresholds.length === 0 ? ': none' : ''}`,
    ...thresholds,
    `Numbers over ${seconds} s`,
    ...lines,
    '',
  ].join('\n');
}

function describe({ type, contains, values }: Metric): string {
  switch (type) {
    case 'rate':
      return `${(100 * (values.rate ?? 0)).toFixed(2)} % (${values.passes ?? 0} of ${(values.passes ?? 0) + (values.fails ?? 0)})`;
    case 'counter':
      return `${show(values.count, contains)} (${show(values.rate, contains)}/s)`;
    case 'gauge':
      return `${show(values.value, contains)} (${show(values.min, contains)} to ${show(values.max, contains)})`;
    default:
      return Object.entries(values)
        .map(([name, value]) => `${name}=${show(value, name === 'count' ? 'default' : contains)}`)
        .join(' ');
  }
}

function show(value: number | undefined, contains: string): string {
  if (value === undefined) return '-';
  if (contains === 'time') return value >= 1_000 ? `${(value / 1_000).toFixed(2)}s` : `${value.toFixed(2)}ms`;
  if (contains === 'data') return value >= 1e6 ? `${(value / 1e6).toFixed(2)}MB` : `${(value / 1e3).toFixed(2)}kB`;
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
