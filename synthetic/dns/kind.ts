import { getServers } from 'node:dns';
import { fault } from '../../core/fault.ts';
import { defineKind } from '../../core/kind.ts';
import type { MeasureCatalogue } from '../../core/measure.ts';
import type { EvidenceRule } from '../../core/observation.ts';
import { endingsOf } from '../net/endings.ts';
import { type DnsOptions, dnsSchema } from './arguments.ts';
import { DNS_ENDINGS } from './endings.ts';
import { type DnsResource, runDns } from './run.ts';

const MEASURES = {
  total: { unit: 'ms', gated: { floor: 5 }, help: 'From the start of the attempt to the last reply.' },
  query: {
    unit: 'ms',
    help: 'From a question to its reply, by server; with TCP after a truncated reply both together.',
  },
  answers: { unit: 'count', help: 'Records of the type asked for, by server.' },
  ttl: { unit: 'ms', help: 'Least time to live of the answers, by server. Absent without answers.' },
} as const satisfies MeasureCatalogue;

/** A question to name servers, their replies held against expectations. */
export const dnsKind = defineKind({
  kind: 'dns',
  schema: dnsSchema,
  lane: () => 'light',
  defaultTimeoutMs: 10_000,
  evidence,
  measures: MEASURES,
  endings: endingsOf(DNS_ENDINGS),
  needs: () => [],
  files: () => [],
  // A server that the check names is what is watched; the system's resolvers are ours.
  endpoint: ({ servers }) => {
    const host =
      /^(?:\[([^\]]+)\]|([^:]+)(?::\d+)?$)/
        .exec(servers?.[0] ?? '')
        ?.slice(1)
        .find(Boolean) ?? servers?.[0];
    return host === undefined ? undefined : { host, port: 53, ownResolver: true, isNoWitness: true };
  },
  open: async (): Promise<DnsResource> => ({ systemServers: getServers }),
  close: async () => {},
  run: runDns,
});

function evidence({ servers }: DnsOptions): readonly EvidenceRule[] {
  return [
    { item: 'replies', atLeast: servers?.length ?? 1, fault: fault('evidence-missing', 'Not every server replied') },
    { item: 'assertions', atLeast: 1, fault: fault('no-assertion', 'No expectation was executed') },
  ];
}
