import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { z } from 'zod';
import { KINDS } from '../../app/kinds.ts';
import { commonSchema } from '../../config/common-schema.ts';
import { channelSchema, settingsSchema, targetSchema } from '../../config/settings-schema.ts';
import { parseDuration } from '../../core/duration.ts';
import { parseQuantity } from '../../core/units.ts';
import { codeIn, type Row, readDocuments, tableAfter } from './documents.ts';
import { optionNames, plainValues } from './option-names.ts';

type Table = {
  readonly schema: z.ZodType;
  /** The least input, from which the schema makes its defaults. */
  readonly least: Readonly<Record<string, unknown>>;
  /** Tables shared with other kinds, and what stands before their names here. */
  readonly shared?: Readonly<Record<string, string>>;
};

const secret = { secret: 'NAME', from: 'environment' };
/** What the kinds of check need at least. */
const LEAST: Readonly<Record<string, Omit<Table, 'schema'>>> = {
  http: { least: {}, shared: { network: '', 'tls-client': 'tls.' } },
  tcp: { least: { port: 1 }, shared: { network: '', 'tls-client': 'tls.' } },
  dns: { least: {} },
  tls: { least: {}, shared: { network: '', 'tls-client': '' } },
  heartbeat: { least: { token: secret, period: '1h' } },
  journey: { least: { file: 'a.ts' } },
  spec: { least: {} },
  audit: { least: {} },
  load: { least: { script: 'a.ts' } },
};
const TABLES: readonly (readonly [string, Table])[] = [
  ['common', { schema: commonSchema, least: {} }],
  ['target', { schema: targetSchema, least: { name: 'a', url: 'http://a.example' } }],
  ['channel', { schema: channelSchema, least: { type: 'webhook', id: 'a', url: 'http://a.example' } }],
  ['settings', { schema: settingsSchema, least: {} }],
  ...KINDS.map(({ kind, schema }): readonly [string, Table] => [kind, { schema, ...(LEAST[kind] ?? { least: {} }) }]),
];

const documents = readDocuments();

describe('the option tables', () => {
  for (const [name, table] of TABLES) {
    it(`of ${name} name every option of the schema and no other`, () => {
      assert.deepEqual([...documented(name, table).keys()].sort(), [...optionNames(table.schema)].sort());
    });

    it(`of ${name} give its defaults`, () => {
      const rows = documented(name, table);
      const given = new Set(Object.keys(table.least));
      for (const [path, value] of plainValues(table.schema.parse(table.least))) {
        const text = rows.get(path);
        if (text === undefined || given.has(path)) continue;
        assert.ok(saysDefault(text, value), `${name}.${path}: the default is ${value}, the document says: ${text}`);
      }
    });
  }
});

/** Meanings by option. */
function documented(name: string, { shared = {} }: Table): ReadonlyMap<string, string> {
  const own = entriesOf(rowsOfTable(name), '');
  const others = Object.entries(shared).flatMap(([other, prefix]) => entriesOf(rowsOfTable(other), prefix));
  return new Map([...own, ...others]);
}

function entriesOf(rows: readonly Row[], prefix: string): readonly (readonly [string, string])[] {
  return rows.flatMap(([names = '', meaning = '']) =>
    codeIn(names).map((option) => [`${prefix}${option}`, meaning] as const),
  );
}

function rowsOfTable(name: string): readonly Row[] {
  const found = documents.flatMap((page) => tableAfter(page, `options: ${name}`) ?? []);
  assert.ok(found.length > 0, `no document has a table <!-- options: ${name} -->`);
  return found;
}

/** Whether a text names a value, as it is or as people write durations and sizes: `'1s'` is 1000. */
function saysDefault(text: string, value: string | number | boolean): boolean {
  const at = text.search(/default/i);
  const words = at < 0 ? [] : text.slice(at).split(/[\s,;()`']+/);
  return words.some((word) => means(word, value) || means(word.replace(/[.:]$/, ''), value));
}

function means(word: string, value: string | number | boolean): boolean {
  if (word === String(value)) return true;
  if (typeof value !== 'number' || word === '') return false;
  const isQuantity = (['bytes', 'ratio'] as const).some((unit) => {
    const quantity = parseQuantity(word, unit);
    return 'value' in quantity && quantity.value === value;
  });
  return Number(word) === value || parseDuration(word) === value || isQuantity;
}
