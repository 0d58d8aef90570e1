import type { GateResult } from '../../core/gate/result.ts';
import { type GateAbout, gateDocument } from './document.ts';
import { gateMetrics } from './gitlab.ts';
import { gateHtml } from './html/report.ts';
import { gateJunit } from './junit.ts';

/** Names in the folder of a gate's report; CI templates know them, so they are public. */
export const GATE_FILES = {
  document: 'gate.json',
  junit: 'junit.xml',
  html: 'report.html',
  metrics: 'metrics.txt',
} as const;

/** Every file of a gate's report, its name and text. */
export async function gateFiles(
  result: GateResult,
  about: GateAbout,
): Promise<readonly { readonly file: string; readonly text: string }[]> {
  return [
    { file: GATE_FILES.document, text: `${JSON.stringify(gateDocument(result, about), null, 2)}\n` },
    { file: GATE_FILES.junit, text: gateJunit(result, about) },
    { file: GATE_FILES.html, text: gateHtml(result, about) },
    { file: GATE_FILES.metrics, text: await gateMetrics(result) },
  ];
}
