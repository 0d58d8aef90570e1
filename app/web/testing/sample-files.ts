import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import type { Artefact } from '../../../core/observation.ts';
import type { Run } from '../../../core/run.ts';
import { openArtefacts } from '../../../results/artefacts.ts';

/** A picture, a page with script, an SVG with script, a log, an archive. */
const FILES: readonly { readonly kind: Artefact['kind']; readonly file: string; readonly bytes: Buffer }[] = [
  { kind: 'screenshot', file: 'screenshot.png', bytes: picture(320, 200) },
  {
    kind: 'report',
    file: 'report.html',
    bytes: Buffer.from(
      `<!doctype html><title>t</title><h1 id=h>Report</h1><script>document.getElementById('h').textContent='ran'</script>`,
    ),
  },
  {
    kind: 'raw',
    file: 'drawing.svg',
    bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>window.pwned=1</script></svg>'),
  },
  { kind: 'console', file: 'console.txt', bytes: Buffer.from('what the page said') },
  { kind: 'trace', file: 'trace.zip', bytes: Buffer.from('PK\u0005\u0006'.padEnd(22, '\0')) },
  { kind: 'raw', file: 'odd name #1 %2e.bin', bytes: Buffer.from([0, 1, 2]) },
];

/** The run with these files kept as artefacts of its first attempt. */
export async function withArtefacts(run: Run, folder: string): Promise<Run> {
  const area = openArtefacts(folder);
  const path = await area.makeFolder(run.id, 1);
  const artefacts = FILES.map(({ kind, file, bytes }): Artefact => {
    writeFileSync(join(path, file), bytes);
    return { kind, file, mediaType: 'application/octet-stream', sizeBytes: bytes.length };
  });
  return {
    ...run,
    attempts: run.attempts.map((attempt) => ({ ...attempt, observation: { ...attempt.observation, artefacts } })),
  };
}

/** A small grey PNG, made here so that no binary file has to be kept. */
function picture(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const rows = Buffer.alloc((width + 1) * height, 0xb0);
  for (let row = 0; row < height; row += 1) rows[row * (width + 1)] = 0;
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
