import type { GateResult } from '../../../core/gate/result.ts';
import { sampleCheck, sampleGate } from './sample-gates.ts';
import { REGRESSED_ROW, UNDECIDED_ROW } from './sample-rows.ts';

/** What a target may put into its texts to get out of them: on a terminal, in XML, HTML, Markdown and the log of a GitHub runner. */
export const HOSTILE = [
  '<script>globalThis.pwned=1</script>',
  '"><img src=x onerror=pwned()>',
  "' onmouseover='pwned()",
  ']]></failure><testcase name="pwned"/>',
  '&lt;b&gt; &amp; %0A::error::pwned',
  '\n::error title=pwned::pwned',
  '\r\n::set-output name=status::passed',
  '##[error]pwned',
  '\u001b[2J\u001b]0;pwned\u0007',
  '\u0000\u0008\uffff\ud800 lone',
  '\u202egnp.exe',
  '| pwned | `pwned` **pwned** [pwned](javascript:pwned) @octocat #1 https://pwned.example www.pwned.example',
  '<!-- --> --> </details></table>',
  '{check="pwned"} 1 # EOF\n$(id) `id` \\',
] as const;

const ALL = HOSTILE.join(' ~ ');

/** Every text that a target, a tool or a configuration can bring in is hostile. */
export const HOSTILE_GATE: GateResult = sampleGate({
  status: 'failed',
  reason: `1 measure regressed: ${ALL}`,
  urls: { candidate: `https://next.example/?${ALL}`, base: `https://base.example/#${ALL}` },
  rows: [
    ...HOSTILE.map((text, index) => ({
      ...(index % 2 === 0 ? REGRESSED_ROW : UNDECIDED_ROW),
      name: `${index} ${text}`,
      measure: text,
      labels: { [text]: text },
      explanations: [text, ALL],
    })),
  ],
  checks: [
    sampleCheck('checkout', {
      name: ALL,
      status: 'broken',
      reasons: [...HOSTILE],
      runs: sampleCheck('checkout').runs.map((run) => ({
        ...run,
        artefacts: [
          { kind: 'trace', file: `evidence/${ALL}` },
          { kind: 'log', file: 'javascript:pwned()' },
          { kind: 'log', file: '//pwned.example/x' },
        ],
      })),
    }),
    sampleCheck('home', { name: ALL, status: 'not-measured', reasons: [ALL] }),
  ],
  runner: {
    ...sampleGate().runner,
    tools: { [ALL]: ALL },
    host: { ...sampleGate().runner.host, cpuModel: ALL },
    unfit: ALL,
  },
  notes: [...HOSTILE],
});
