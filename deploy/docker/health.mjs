// Whether the monitor in this container answers; for HEALTHCHECK, in an image without curl. The port is that of
// `settings.web.port`; with another one than 9464 set VIGIE_HEALTH_URL.
const url = process.env.VIGIE_HEALTH_URL || 'http://127.0.0.1:9464/healthz';
try {
  const { status } = await fetch(url, { signal: AbortSignal.timeout(8_000), redirect: 'error' });
  if (status !== 200) throw new Error(`it answered with status ${status}`);
} catch (error) {
  console.error(`${url}: ${error.cause?.message ?? error.message}`);
  process.exitCode = 1;
}
