import { DEBIAN_CHROMIUM, locate } from '../../process/where.mjs';

/** Only tests need these: a real Prometheus that scrapes us, promtool, a Pushgateway that takes what we push. */
const UNPACKED = /** @type {const} */ (['prometheus', 'promtool', 'pushgateway']);
/** Lets single system calls fail, as a broken disk does. There is none outside Linux. */
const STRACE = 'strace';
/** Half of the browser's share of the suite's time; without it the tests run in the Chromium that is here. */
const SHELL = 'headless-shell';

/**
 * The programs that tests need. Debian's packages are unpacked into the tool cache and not installed: no root is
 * needed for that, and no service is started. Only what brings libraries is installed.
 * @param {import('./types.d.mts').Context} context
 */
export async function setUpTestTools(context) {
  const { machine, reporter, stamp } = context;
  const before = await locateAll(machine);
  const isMissing = Object.values(before).some((tool) => !tool.found);
  if (isMissing && machine.isDebian && (context.retryAll || !stamp.failedLately('test-tools'))) {
    const [{ installWithApt }, { unpackDebianPackages }] = await Promise.all([
      import('./apt.mjs'),
      import('./debian-packages.mjs'),
    ]);
    if (UNPACKED.some((name) => before[name]?.found === false)) await unpackDebianPackages(context);
    if (before[STRACE]?.found === false) await installWithApt(context, { name: STRACE, what: STRACE });
    if (before[SHELL]?.found === false)
      await installWithApt(context, { name: DEBIAN_CHROMIUM, what: "Chromium's headless shell" });
  }
  const after = isMissing ? await locateAll(machine) : before;
  for (const [name, tool] of Object.entries(after)) {
    const means = name === SHELL ? 'tests with a browser take longer' : 'the tests that need it say so';
    if (!tool.found) reporter.warn(`${name} is missing: ${means}. To fix it: ${tool.mend}`);
  }
  if (isMissing)
    stamp.note(
      'test-tools',
      Object.values(after).every((tool) => tool.found),
    );
  return after;
}

/** @param {import('../../process/where.mjs').Machine} machine */
async function locateAll(machine) {
  const wanted = [
    ...UNPACKED,
    ...(machine.platform === 'linux' ? /** @type {const} */ ([STRACE]) : []),
    // A variable that names a browser is an order.
    ...(machine.isDebian && !machine.env.VIGIE_CHROMIUM && !machine.env.CHROME_PATH
      ? /** @type {const} */ ([SHELL])
      : []),
  ];
  const located = await Promise.all(wanted.map(async (tool) => [tool, await locate(tool, machine)]));
  return /** @type {Record<string, import('../../process/where.mjs').Located>} */ (Object.fromEntries(located));
}
