import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { allowEnvironment } from './environment.ts';
import { splitLines } from './lines.ts';
import { capOutput } from './output.ts';
import { parseStat } from './proc.ts';

describe('capOutput', () => {
  it('keeps everything up to the cap, and beginning and end beyond it, however the output is cut into chunks', () => {
    const chunks = fc.array(fc.string({ minLength: 0, maxLength: 40, unit: fc.constantFrom('a', 'b', '\n') }));
    fc.assert(
      fc.property(chunks, fc.integer({ min: 1, max: 64 }), (parts, cap) => {
        const whole = parts.join('');
        const output = capOutput(cap);
        for (const part of parts) output.add(Buffer.from(part));
        const { text, truncated } = output.finish();
        if (whole.length <= cap) return assert.deepEqual({ text, truncated }, { text: whole, truncated: false });
        const head = whole.slice(0, Math.floor(cap / 2));
        const tail = whole.slice(whole.length - (cap - head.length));
        const notice = `…\n[vigie: ${whole.length - cap} bytes of output dropped here, the cap is ${cap} bytes]\n…`;
        return assert.deepEqual({ text, truncated }, { text: head + notice + tail, truncated: true });
      }),
    );
  });
});

describe('splitLines', () => {
  const linesOf = (chunks: readonly Buffer[]): readonly string[] => {
    const lines: string[] = [];
    const splitter = splitLines((line) => lines.push(line));
    for (const chunk of chunks) splitter.add(chunk);
    splitter.end();
    return lines;
  };

  it('gives the lines whatever the chunks, a character across two of them included', () => {
    const text = Buffer.from('één\r\ntwee\n\nlast');
    for (let at = 0; at <= text.length; at += 1) {
      assert.deepEqual(linesOf([text.subarray(0, at), text.subarray(at)]), ['één', 'twee', '', 'last']);
    }
  });

  it('cuts the middle out of a line without end and says so', () => {
    const chunks = [Buffer.from('head'), ...Array(20).fill(Buffer.alloc(10_000, 'x')), Buffer.from('tail\r\nnext\n')];
    const [line, next] = linesOf(chunks);
    assert.equal(line, `head${'x'.repeat(61_436)}… [vigie: middle of the line dropped] …${'x'.repeat(4_091)}tail`);
    assert.equal(next, 'next');
    const [whole] = linesOf([Buffer.alloc(65_536, 'x'), Buffer.from('\n')]);
    assert.equal(whole, 'x'.repeat(65_536));
  });
});

describe('allowEnvironment', () => {
  it('takes the named variables and the extra ones, and puts our Node first on PATH', () => {
    const env = allowEnvironment(['HOME', 'ABSENT'], { EXTRA: '1' }, { HOME: '/h', SECRET: 's', PATH: '/a:/b' });
    assert.equal(env.PATH?.endsWith(':/a:/b'), true);
    assert.ok(process.execPath.startsWith(`${env.PATH?.split(':')[0]}/`));
    assert.deepEqual({ ...env, PATH: '' }, { HOME: '/h', EXTRA: '1', PATH: '' });
  });

  it('does without a PATH to begin with', () => {
    assert.doesNotMatch(allowEnvironment([], {}, {}).PATH ?? ':', /:/);
  });
});

describe('parseStat', () => {
  it('reads a name with spaces and parentheses', () => {
    const rest = `S 1 42 7 0 -1 0 0 0 0 0 10 20 3 4 20 0 1 0 12345 999 55`;
    assert.deepEqual(parseStat(`99 (a ) b (c)) ${rest}`), {
      pid: 99,
      state: 'S',
      group: 42,
      cpuTicks: 37,
      startTicks: '12345',
      rssPages: 55,
    });
  });

  it('gives nothing for a line that is none', () => {
    for (const line of ['', '12', '12 (x)', '12 (x) S 1']) assert.equal(parseStat(line), undefined);
  });
});
