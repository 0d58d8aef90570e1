import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launchReason } from './launch-reason.ts';

const told = (reason: string): string => `browserType.launch: Target page, context or browser has been closed
Browser logs:

<launching> /usr/bin/chromium ${'--disable-something '.repeat(100)}
<launched> pid=31001
[pid=31001][err] ${reason}
Call log:
  - <launching> /usr/bin/chromium ${'--disable-something '.repeat(100)}
`;

test('the reason of a browser that did not start comes before anything is cut off', () => {
  assert.equal(
    launchReason(told('error while loading shared libraries: libnss3.so')),
    'browserType.launch: Target page, context or browser has been closed\nBrowser logs:\n[pid=31001][err] error while loading shared libraries: libnss3.so',
  );
  assert.equal(launchReason('spawn ENOENT'), 'spawn ENOENT');
});

test('a temp folder whose path is too long is named with what to do', () => {
  const reason = launchReason(
    told('FATAL:process_singleton_posix.cc:315] Socket path too long: /a/b/SingletonSocket.'),
  );
  assert.match(reason, /^the path of the temp folder is too long for its socket; set TMPDIR/);
  assert.match(reason, /Socket path too long: \/a\/b/);
});
