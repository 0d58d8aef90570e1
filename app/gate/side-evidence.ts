import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Target } from '../../core/check.ts';
import type { SeenVital, SideEvidence } from '../../core/gate/evidence.ts';
import type { Labels, Measure } from '../../core/measure.ts';
import type { Artefact, Observation } from '../../core/observation.ts';
import { decisive, type Run } from '../../core/run.ts';
import { artefactFile } from '../../results/artefact-path.ts';
import { type Attribution, readAttributions } from '../../synthetic/journey/attribution.ts';
import { recordedRequests } from './recorded-requests.ts';
import { reportedPage, typicalPages } from './reported-page.ts';
import { requestAddress } from './request-address.ts';

const unzip = promisify(gunzip);
const MOST_UNZIPPED = 100_000_000;

export type SideInput = {
  readonly target: Target;
  readonly sampled: readonly (readonly Measure[])[];
  /** The run whose artefacts are looked into: one recorded in full, or a typical one of those that leave reports. */
  readonly shown: Run | undefined;
  readonly readArtefact: (file: string) => Promise<Uint8Array | undefined>;
};

/** Reads what the artefacts of one run say. What cannot be read is left out. */
export async function sideEvidence({ target, sampled, shown, readArtefact }: SideInput): Promise<SideEvidence> {
  const observation = shown === undefined ? undefined : decisive(shown);
  if (shown === undefined || observation === undefined) return { sampled, requests: [], vitals: [], steps: [] };
  const attempt = shown.attempts.length;
  const textOf = async (artefact: Artefact | undefined): Promise<string | undefined> => {
    if (artefact === undefined) return undefined;
    const bytes = await readArtefact(artefactFile(shown.id, attempt, artefact.file));
    return bytes === undefined ? undefined : toText(bytes, artefact.file.endsWith('.gz'));
  };
  const reports = await Promise.all(
    observation.artefacts
      .filter(({ kind, file }) => kind === 'raw' && file.endsWith('.lhr.json.gz'))
      .map(async (artefact) => {
        const labels = artefact.labels ?? {};
        return { ...reportedPage(await textOf(artefact), labels, target), labels };
      }),
  );
  const pages = typicalPages(reports);
  const named = (kind: Artefact['kind']): Artefact | undefined =>
    observation.artefacts.find((one) => one.kind === kind);
  const texts = { requests: await textOf(named('requests')), har: await textOf(named('har')) };
  return {
    sampled,
    requests: [
      ...recordedRequests(texts, { target, pages: pagesOf(observation) }),
      ...pages.flatMap(({ requests }) => requests),
    ],
    vitals: [
      ...readAttributions(observation.facts).map((one) => vitalOf(one, observation, target)),
      ...pages.flatMap(({ vitals }) => vitals),
    ],
    steps: observation.steps.map(({ name, startMs, durationMs }) => ({ name, startMs, durationMs })),
  };
}

async function toText(bytes: Uint8Array, isZipped: boolean): Promise<string | undefined> {
  try {
    return Buffer.from(isZipped ? await unzip(bytes, { maxOutputLength: MOST_UNZIPPED }) : bytes).toString('utf8');
  } catch {
    // Cut off by a full disk.
    return undefined;
  }
}

function pagesOf({ measures }: Observation): ReadonlySet<string> {
  return new Set(measures.flatMap(({ labels }) => labels?.page ?? []));
}

function vitalOf(seen: Attribution, observation: Observation, target: Target): SeenVital {
  const labels: Labels = { page: seen.page };
  const element = seen.target === undefined ? {} : { target: seen.target };
  switch (seen.vital) {
    case 'lcp': {
      const address = seen.url === undefined ? undefined : requestAddress(seen.url, target);
      const parts = [
        { name: 'first byte', ms: seen.firstByteMs },
        { name: 'resource load delay', ms: seen.loadDelayMs },
        { name: 'resource load', ms: seen.loadMs },
        { name: 'render delay', ms: seen.renderDelayMs },
      ];
      return { vital: 'lcp', labels, ...element, ...(address === undefined ? {} : { address }), parts };
    }
    case 'inp': {
      const name = interactionOf(seen.page, observation) ?? seen.target;
      const parts = [
        { name: 'input delay', ms: seen.inputDelayMs },
        { name: 'processing', ms: seen.processingMs },
        { name: 'presentation', ms: seen.presentationMs },
      ];
      return { vital: 'inp', labels, ...(name === undefined ? {} : { target: name }), parts };
    }
    case 'cls':
      return { vital: 'cls', labels, ...element, parts: [], shift: seen.shift };
  }
}

/** What was clicked, in the words of the page: the slowest of its interactions. */
function interactionOf(page: string, { measures }: Observation): string | undefined {
  return measures
    .filter(({ name, labels }) => name === 'inp' && labels?.page === page)
    .toSorted((a, b) => b.value - a.value)[0]?.labels?.interaction;
}
