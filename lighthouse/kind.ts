import { defineKind } from '../core/kind.ts';
import { AUDIT_ENDINGS } from './endings.ts';
import { AUDIT_MEASURES } from './measures.ts';
import { auditEvidence } from './observe.ts';
import { auditOptions } from './options.ts';
import { inspectFiles } from './own-rc.ts';
import { runAudit } from './run.ts';

/** Lighthouse CI audits of pages of the target. */
export const auditKind = defineKind({
  kind: 'audit',
  schema: auditOptions,
  // Lighthouse measures the machine along with the page: nothing heavy may run beside it.
  lane: () => 'exclusive',
  // Two form factors of three audits of about 12 s each make 72 s for one page on two cores.
  defaultTimeoutMs: 600_000,
  evidence: auditEvidence,
  measures: AUDIT_MEASURES,
  endings: AUDIT_ENDINGS,
  needs: () => ['lhci', 'chromium'],
  files: ({ config }) => (config === undefined ? [] : [config]),
  inspect: inspectFiles,
  open: () => Promise.resolve(undefined),
  close: () => Promise.resolve(),
  run: (options, context) => runAudit(options, context),
});
