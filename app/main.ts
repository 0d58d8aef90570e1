#!/usr/bin/env node
// Nothing else is imported statically: an old Node must reach the message below before it meets syntax or modules it does not know.
import { isAtLeast, LEAST_NODE } from '../process/version.mjs';

if (!isAtLeast(process.versions.node, LEAST_NODE)) {
  process.stderr.write(
    `vigie needs Node ${LEAST_NODE.join('.')} or newer, this is ${process.versions.node} (${process.execPath})\n`,
  );
  process.exitCode = 3;
} else {
  // `vigie plan | head` closes our output early. That ends neither a command in the middle of a run nor the daemon.
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') lost = error;
  });
  // A reader who leaves has seen enough; on a full disk nobody has seen what a good exit code would vouch for.
  let lost: NodeJS.ErrnoException | undefined;
  process.once('exit', (code) => {
    if (lost === undefined) return;
    process.stderr.write(`the output could not be written: ${lost.message}\n`);
    if (code === 0) process.exitCode = 2;
  });
  // Before the modules of the program are loaded: what a heap has once grown to it keeps.
  if (process.argv.includes('start')) (await import('./adapters/heap.ts')).keepHeapsSmall();
  const { runCli } = await import('./cli.ts');
  process.exitCode = await runCli(process.argv.slice(2));
}
