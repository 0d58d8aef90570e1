import { randomInt } from 'node:crypto';
import { fault } from '../../core/fault.ts';
import type { RunContext } from '../../core/kind.ts';
import type { Measure } from '../../core/measure.ts';
import { type Assertion, EMPTY_OBSERVATION, type Observation } from '../../core/observation.ts';
import { Attempt } from '../net/attempt.ts';
import { conclude } from '../net/endings.ts';
import { Interruption, Trouble } from '../net/trouble.ts';
import { type DnsOptions, nameOf } from './arguments.ts';
import { type Answered, ask, parseServer } from './ask.ts';
import { DNS_ENDINGS } from './endings.ts';
import { makeQuery, type Query } from './message.ts';
import { judgeReply, show } from './parse.ts';

/** Where the system's resolvers are learnt from; asked in every run, because they change. */
export type DnsResource = { readonly systemServers: () => readonly string[] };

/** What one server said; absent when it said nothing usable. */
type Heard = Answered & { readonly server: string; readonly tookMs: number };
type Run = { readonly attempt: Attempt; readonly options: DnsOptions; readonly query: Query };

/** Codes by which a resolver of the system says that it will not serve us; that is nothing about the name. */
const UNSERVED: ReadonlySet<string> = new Set(['REFUSED', 'NOTIMP', 'FORMERR']);

/** One question to every server of the check, or to the system's resolvers until one answers. */
export async function runDns(options: DnsOptions, context: RunContext, resource: DnsResource): Promise<Observation> {
  const attempt = new Attempt({ signal: context.signal, clock: context.clock, timeoutMs: context.check.timeoutMs });
  const heard: Heard[] = [];
  const assertions: Assertion[] = [];
  try {
    const query = makeQuery(randomInt(65_536), nameOf(options, context.target.baseUrl), options);
    const run: Run = { attempt, options, query };
    if (options.servers === undefined) await askSystem(run, resource.systemServers(), { heard, assertions });
    else await askEach(run, options.servers, { heard, assertions });
    return observe(attempt, options, { heard, assertions });
  } catch (error) {
    const concluded = conclude(error, DNS_ENDINGS, 'a reply');
    if ('fault' in concluded) return { ...observe(attempt, options, { heard, assertions }), fault: concluded.fault };
    return observe(attempt, options, { heard, assertions: [...assertions, concluded.assertion] });
  } finally {
    attempt.end();
  }
}

type Found = { readonly heard: Heard[]; readonly assertions: Assertion[] };

/** Each named server is watched: one that fails is a failed assertion, and the others are still asked. */
async function askEach(
  { attempt, options, query }: Run,
  servers: readonly string[],
  { heard, assertions }: Found,
): Promise<void> {
  const step = (server: string): { readonly step?: string } => (servers.length > 1 ? { step: server } : {});
  for (const text of servers) {
    const startMs = attempt.elapsedMs();
    try {
      const asking = {
        attempt,
        server: parseServer(text),
        phase: 'exchange',
        timeoutMs: options.answerTimeout,
      } as const;
      const answered = await ask(asking, query, options.transport);
      heard.push({ ...answered, server: text, tookMs: attempt.elapsedMs() - startMs });
      assertions.push(...judgeReply(answered.reply, options).map((one) => ({ ...one, ...step(text) })));
    } catch (error) {
      const concluded = conclude(error, DNS_ENDINGS, 'a reply');
      if ('fault' in concluded || isDeadline(error)) throw error;
      assertions.push({ ...concluded.assertion, ...step(text) });
    }
  }
}

async function askSystem(
  { attempt, options, query }: Run,
  servers: readonly string[],
  { heard, assertions }: Found,
): Promise<void> {
  let trouble: unknown = new Interruption(fault('resolver-down', 'This machine has no resolver; see /etc/resolv.conf'));
  for (const text of servers) {
    const startMs = attempt.elapsedMs();
    try {
      const asking = {
        attempt,
        server: parseServer(text),
        phase: 'resolve',
        timeoutMs: options.answerTimeout,
      } as const;
      const answered = await ask(asking, query, options.transport);
      const { rcode } = answered.reply;
      if (UNSERVED.has(rcode) && rcode !== options.expect.rcode)
        throw new Trouble('resolve', 'BAD_ANSWER', `${text} says ${rcode}`);
      heard.push({ ...answered, server: text, tookMs: attempt.elapsedMs() - startMs });
      assertions.push(...judgeReply(answered.reply, options));
      return;
    } catch (error) {
      if (isDeadline(error) || error instanceof Interruption) throw error;
      trouble = error;
    }
  }
  throw trouble;
}

function isDeadline(error: unknown): boolean {
  return error instanceof Trouble && error.code === 'DEADLINE';
}

function observe(attempt: Attempt, options: DnsOptions, { heard, assertions }: Found): Observation {
  const total: readonly Measure[] =
    heard.length === 0 ? [] : [{ name: 'total', value: attempt.elapsedMs(), unit: 'ms' }];
  return {
    ...EMPTY_OBSERVATION,
    measures: [...total, ...heard.flatMap(measuresOf)],
    assertions,
    evidence: {
      replies: { seen: heard.length, detail: `of ${options.servers?.length ?? 1} asked for` },
      assertions: { seen: assertions.length },
    },
    facts: Object.assign({ type: options.type }, ...heard.map((one) => factsOf(one, heard.length > 1))),
  };
}

function measuresOf({ reply, server, tookMs }: Heard): readonly Measure[] {
  const labels = { server };
  return [
    { name: 'query', value: tookMs, unit: 'ms', labels },
    { name: 'answers', value: reply.answers.length, unit: 'count', labels },
    ...(reply.ttlMs === undefined ? [] : [{ name: 'ttl', value: reply.ttlMs, unit: 'ms', labels } as const]),
  ];
}

function factsOf({ reply, server, transport }: Heard, several: boolean): Readonly<Record<string, string>> {
  const name = (fact: string): string => (several ? `${server} ${fact}` : fact);
  return {
    ...(several ? {} : { server }),
    [name('rcode')]: reply.rcode,
    [name('answers')]: show(reply.answers),
    [name('transport')]: transport,
    [name('authenticated')]: String(reply.authenticated),
  };
}
