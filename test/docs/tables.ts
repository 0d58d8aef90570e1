import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KINDS } from '../../app/kinds.ts';
import { FAULTS } from '../../core/fault.ts';
import type { Ending, Kind } from '../../core/kind.ts';
import type { MeasureCatalogue } from '../../core/measure.ts';
import { TAINTS } from '../../core/observation.ts';
import { CHECK_LABELS, FAMILIES } from '../../reporters/prometheus/families.ts';
import { STEPS } from '../../tools/steps.ts';
import { type Page, ROOT } from './documents.ts';

const MARKED = /<!-- made: ([a-z ]+) -->\n[\s\S]*?<!-- end -->/g;

/** A document with everything between `<!-- made: … -->` and `<!-- end -->` made anew from the code. */
export function remake({ text }: Page): string {
  return text.replace(MARKED, (_, name: string) => `<!-- made: ${name} -->\n${make(name)}\n<!-- end -->`);
}

function make(name: string): string {
  const [what = '', kind] = name.split(' ');
  switch (what) {
    case 'metrics':
      return metricsTable();
    case 'measures':
      return measuresTable(kindOf(kind));
    case 'endings':
      return endingsTable(kindOf(kind));
    case 'faults':
      return faultsTable();
    case 'taints':
      return `${TAINTS.map((taint) => `\`${taint}\``).join(', ')}.`;
    case 'routes':
      return routesTable();
    case 'kit':
      return kitTable();
    case 'steps':
      return STEPS.map(({ name: step, what: does }) => `- \`${step}\`: ${does}`).join('\n');
    default:
      throw new RangeError(`no table is called '${name}'`);
  }
}

function kindOf(name: string | undefined): Kind {
  const found = KINDS.find(({ kind }) => kind === name);
  if (found === undefined) throw new RangeError(`no kind is called '${name}'`);
  return found;
}

function metricsTable(): string {
  const common = CHECK_LABELS.map((label) => `\`${label}\``).join(', ');
  const rows = Object.values(FAMILIES).map(({ name, type, labels, help }) => {
    const names: readonly string[] = labels;
    const isOfCheck = CHECK_LABELS.every((label) => names.includes(label));
    const own = isOfCheck ? names.slice(CHECK_LABELS.length) : names;
    const shown = [...(isOfCheck ? ['*check*'] : []), ...own.map((label) => `\`${label}\``)].join(', ');
    return [`\`${name}\``, type, shown, help];
  });
  return `*check* stands for the labels ${common}.\n\n${table(['metric', 'type', 'labels', 'meaning'], rows)}`;
}

function measuresTable({ kind, measures }: Kind): string {
  const rows = Object.entries(kind === 'load' ? shortened(measures) : measures);
  return table(
    ['measure', 'unit', 'what'],
    rows.map(([name, { unit, help }]) => [`\`${name}\``, unit === 'any' ? 'by name' : unit, help]),
  );
}

const STATISTIC = /\.(?:avg|min|med|max|p90|p95|p99|rate)$/;

/** One row for each of k6's metrics instead of one for each statistic of it. */
function shortened(measures: MeasureCatalogue): MeasureCatalogue {
  const kept = Object.entries(measures).filter(
    ([name]) => !/^tagged\.\w+\.\*$/.test(name) && (!STATISTIC.test(name) || name.endsWith('.avg')),
  );
  return Object.fromEntries(
    kept.map(([name, { unit, help }]) =>
      name.endsWith('.avg')
        ? [name.replace(/avg$/, '*'), { unit, help: help.replace(/: avg$/, '') }]
        : [name, { unit, help }],
    ),
  );
}

/** What every kind over the network shares stands with `http`; the others show what they add. */
function endingsTable({ kind, endings }: Kind): string {
  const shared = kind === 'tcp' || kind === 'dns' ? kindOf('http').endings : [];
  const isShared = (ending: Ending): boolean =>
    shared.some(({ when, code }) => when === ending.when && code === ending.code);
  const rows = endings
    .filter((ending) => !isShared(ending))
    .map(({ when, means, code }) => [when, means, `\`${code}\``]);
  return table(['when', 'means', 'code'], rows);
}

function faultsTable(): string {
  return table(
    ['fault', 'blame', 'what to do'],
    Object.entries(FAULTS).map(([code, { blame, help }]) => [`\`${code}\``, blame, help]),
  );
}

const KIT = join(ROOT, 'load', 'kit');

/** Read from the source, because the kit can only be loaded inside k6. */
function kitTable(): string {
  const files = readdirSync(KIT).filter((file) => /^[a-z-]+\.ts$/.test(file));
  const rows = files.map((file) => {
    const functions = readFileSync(join(KIT, file), 'utf8').matchAll(/^export function (\w+)/gm);
    return [`\`${file.replace('.ts', '')}\``, [...functions].map(([, name = '']) => `\`${name}\``).join(', ')];
  });
  return table(['module', 'functions'], rows);
}

/** Read from the source, because the application itself wants a store. */
function routesTable(): string {
  const source = readFileSync(join(ROOT, 'web', 'api', 'routes.ts'), 'utf8');
  const routes = [...source.matchAll(/method: '(\w+)',\s+path: '([^']+)',\s+summary: '([^']+)'/g)];
  if (routes.length === 0) throw new Error('no route is found in web/api/routes.ts: is it written otherwise now?');
  return table(
    ['request', 'what'],
    routes.map(([, method = '', path = '', summary = '']) => [`\`${method.toUpperCase()} ${path}\``, summary]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
