import { z } from 'zod';
import { type Launched, until } from '../e2e/vigie-process.ts';
import type { Audit } from './audit-ledger.ts';
import { type Outcome, shareOut, type Tell } from './outcome.ts';
import type { Posted } from './receiver.ts';
import { look, openStage, pageCheck, type Stage } from './stage.ts';

export type FailPoints = {
  /** How often each of the two points is met. */
  readonly times: number;
  readonly folders: number;
  readonly tell?: Tell;
};

/** After the commit and before anything was sent; after the receiver has it and before that is written down. */
type Point = 'commit-send' | 'send-mark';
type News = { readonly page: string; readonly change: 'opened' | 'recovered' };
type Met = {
  readonly point: Point;
  readonly key: string;
  readonly problems: readonly string[];
  readonly wasUntried: boolean;
};

const POLL_MS = 2;
/** More outages of one page within the hour would count as one that flaps. */
const MOST_OUTAGES = 3;
const WITHIN_MS = 90_000;

/** Kills real monitors at the two instants at which an alarm could be lost or doubled, for openings and recoveries in turn. */
export async function failPoints({ times, folders, tell = () => {} }: FailPoints): Promise<readonly Outcome[]> {
  let done = 0;
  const onMet = (): void => tell(`${++done} of ${2 * times}`);
  const shares = shareOut(times, folders);
  const lived = await Promise.all(shares.map((share) => live(share, onMet)));
  const met = lived.flatMap((one) => one.met);
  const problems = lived.flatMap(({ audit }) => audit.problems);
  const of = (point: Point): readonly Met[] => met.filter((one) => one.point === point);
  const duplicates = lived.reduce((sum, { audit }) => sum + audit.duplicates, 0);
  const untried = of('commit-send').filter(({ wasUntried }) => wasUntried).length;
  return [
    {
      what: 'kill -9 between commit and send',
      times: of('commit-send').length,
      problems: [...problems, ...of('commit-send').flatMap((one) => one.problems)],
      figure: `all arrived after the restart; ${untried} before any attempt was written down`,
    },
    {
      what: 'kill -9 between send and mark',
      times: of('send-mark').length,
      problems: of('send-mark').flatMap((one) => one.problems),
      figure: `${duplicates} delivered again, each with its own key`,
    },
  ];
}

async function live(
  times: number,
  onMet: () => void,
): Promise<{ readonly met: readonly Met[]; readonly audit: Audit }> {
  const pages = Array.from({ length: Math.ceil(times / MOST_OUTAGES) }, (_, index) => `page-${index}`);
  await using stage = await openStage(pages.map((id) => pageCheck(id)));
  const met: Met[] = [];
  await using daemons = new AsyncDisposableStack();
  const launch = (): Launched => daemons.use(stage.launch());
  let daemon = launch();
  await daemon.said(/^page +http/m);
  const upAt = Date.now();
  for (let index = 0; index < 2 * times; index += 1) {
    const round = Math.floor(index / 2);
    const news: News = { page: pages[round % pages.length] ?? '', change: index % 2 === 0 ? 'opened' : 'recovered' };
    // Two changes make a round; rounds swap which of them meets which point.
    const point = (index + round) % 2 === 0 ? 'commit-send' : 'send-mark';
    const result =
      point === 'commit-send' ? await killBeforeSend(stage, daemon, news) : await killBeforeMark(stage, daemon, news);
    stage.receiver.mode = 'up';
    daemon = launch();
    await until(
      `'${news.change}' of ${news.page} to arrive after the restart`,
      () => answered(stage, result.key),
      daemon.output,
    );
    met.push(result);
    onMet();
  }
  return { met, audit: await stage.close(daemon, upAt) };
}

/** The receiver is away; the monitor dies as soon as anybody can see the notice in the database. */
async function killBeforeSend(stage: Stage, daemon: Launched, news: News): Promise<Met> {
  stage.receiver.mode = 'down';
  bringAbout(stage, news);
  const row = await until(
    `a notice '${news.change}' of ${news.page} in the database`,
    () => waiting(stage, news),
    daemon.output,
    WITHIN_MS,
    POLL_MS,
  );
  await daemon.kill('SIGKILL');
  const early = stage.receiver.posts.some(({ key }) => key === row.id);
  return {
    point: 'commit-send',
    key: row.id,
    wasUntried: row.attempts === 0,
    problems: early ? [`${row.id} arrived at a receiver that was away`] : [],
  };
}

/** The receiver takes the notice and does not answer; the monitor dies before it can know. */
async function killBeforeMark(stage: Stage, daemon: Launched, news: News): Promise<Met> {
  const { receiver } = stage;
  receiver.mode = 'hold';
  const held: Posted[] = [];
  receiver.onPost = (post) => {
    if (post.change !== news.change || post.check.id !== news.page) return;
    void daemon.kill('SIGKILL');
    held.push(post);
  };
  bringAbout(stage, news);
  const { key } = await until(`'${news.change}' of ${news.page} to be sent`, () => held[0], daemon.output);
  receiver.onPost = () => {};
  await daemon.kill('SIGKILL');
  const left = waiting(stage, news);
  return {
    point: 'send-mark',
    key,
    wasUntried: false,
    problems: left?.id === key ? [] : [`${key} was marked before the receiver had answered`],
  };
}

function bringAbout({ target }: Stage, { page, change }: News): void {
  if (change === 'opened') target.broken.add(`/${page}`);
  else target.broken.delete(`/${page}`);
}

const rows = z.array(z.object({ id: z.string(), attempts: z.number() }));

/** The notice that waits in the database. */
function waiting({ dataFolder }: Stage, { page, change }: News): z.infer<typeof rows>[number] | undefined {
  return look(dataFolder, (database) => {
    const query = `select id, attempts from notices where state = 'waiting' and content ->> 'change' = :change and content ->> '$.check.id' = :page`;
    return rows.parse(database.prepare(query).all({ change, page }))[0];
  });
}

function answered({ receiver }: Stage, key: string): Posted | undefined {
  return receiver.posts.find((post) => post.key === key && post.wasAnswered);
}
