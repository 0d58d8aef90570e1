/** One import between two nodes (files, or folders), with a place that a person can open. */
export type Edge = { readonly from: string; readonly to: string; readonly place: string };

/** One shortest cycle through each group of nodes that reach each other; empty when there is none. */
export function findCycles(edges: readonly Edge[]): readonly (readonly Edge[])[] {
  const outgoing = Map.groupBy(edges, (edge) => edge.from);
  const inCycle = new Set<string>();
  const cycles: (readonly Edge[])[] = [];
  for (const node of [...outgoing.keys()].sort()) {
    if (inCycle.has(node)) continue;
    const cycle = shortestCycle(node, outgoing);
    if (cycle === undefined) continue;
    for (const edge of cycle) inCycle.add(edge.from);
    cycles.push(cycle);
  }
  return cycles;
}

/** Breadth first, so that what is reported is the short way round. */
function shortestCycle(start: string, outgoing: ReadonlyMap<string, readonly Edge[]>): readonly Edge[] | undefined {
  const queue: (readonly Edge[])[] = (outgoing.get(start) ?? []).map((edge) => [edge]);
  const seen = new Set<string>();
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const end = path.at(-1)?.to ?? '';
    if (end === start) return path;
    if (seen.has(end)) continue;
    seen.add(end);
    for (const edge of outgoing.get(end) ?? []) queue.push([...path, edge]);
  }
  return undefined;
}
