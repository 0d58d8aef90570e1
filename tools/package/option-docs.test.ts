import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addOptionDocs, readDocBlocks } from './option-docs.ts';

const SOURCE = `
const retry = z.strictObject({
  /** How often. Default 0. */
  count: z.int(),
  /** How long. */
  wait: z.int(),
});
const shared = {
  /** Whose it is. */
  owner: z.string(),
  phone: z.string(),
};
export const schema = z.strictObject({
  /**
   * What people see.
   * Example \`'Shop'\`.
   */
  name: z.string().optional(),
  retry: retry.prefault({}),
  ...shared,
});
`;

const DECLARATION = `export declare const schema: z.ZodObject<{
    name: z.ZodOptional<z.ZodString>;
    retry: z.ZodPrefault<z.ZodObject<{
        count: z.ZodInt;
        wait: z.ZodInt;
    }, z.core.$strict>>;
    owner: z.ZodString;
    phone: z.ZodString;
}, z.core.$strict>;
`;

describe('addOptionDocs', () => {
  it('puts each comment above its property, at its depth, spread shapes and long comments too', () => {
    assert.equal(
      addOptionDocs(DECLARATION, readDocBlocks(SOURCE)),
      `export declare const schema: z.ZodObject<{
    /**
     * What people see.
     * Example \`'Shop'\`.
     */
    name: z.ZodOptional<z.ZodString>;
    retry: z.ZodPrefault<z.ZodObject<{
        /** How often. Default 0. */
        count: z.ZodInt;
        /** How long. */
        wait: z.ZodInt;
    }, z.core.$strict>>;
    /** Whose it is. */
    owner: z.ZodString;
    phone: z.ZodString;
}, z.core.$strict>;
`,
    );
  });

  it('takes the literal with the same properties when a name is used twice', () => {
    const sources = ['a', 'b'].map((other) => `const x = {\n  /** Beside ${other}. */\n  id: 1,\n  ${other}: 2,\n};\n`);
    const [first, second] = ['a', 'b'].map((other) => `    id: number;\n    ${other}: number;\n`);
    const blocks = sources.flatMap(readDocBlocks);
    assert.match(addOptionDocs(`declare const x: {\n${second}};\n`, blocks), /Beside b\.[\s\S]*id/);
    assert.match(addOptionDocs(`declare const x: {\n${first}};\n`, blocks), /Beside a\.[\s\S]*id/);
  });

  it('leaves alone what has a comment already or belongs to nothing', () => {
    const documented = `export declare const schema: {\n    /** Mine. */\n    name: string;\n};\n`;
    const unrelated = `type Other = {\n    name: string;\n    a: 1;\n    b: 2;\n    c: 3;\n    d: 4;\n    e: 5;\n    f: 6;\n};\n`;
    for (const text of [documented, unrelated, '']) assert.equal(addOptionDocs(text, readDocBlocks(SOURCE)), text);
  });
});
