/** Cookies of one run by host: a login page that sets one and redirects expects it back. Nothing outlives the run. */
export class CookieJar {
  readonly #byHost = new Map<string, Map<string, string>>();

  /** Keeps the cookies of an answer; attributes are ignored because a run is short and hosts are compared exactly. How many there are is bounded by the most that a head may have. */
  keep(host: string, setCookie: readonly string[]): void {
    for (const line of setCookie) {
      const [pair = ''] = line.split(';', 1);
      const at = pair.indexOf('=');
      if (at < 1 || pair.length > 4_096) continue;
      const cookies = this.#byHost.get(host) ?? new Map<string, string>();
      cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
      this.#byHost.set(host, cookies);
    }
  }

  /** The value of a `cookie` header for the host; `undefined` when there is none. */
  header(host: string): string | undefined {
    const cookies = this.#byHost.get(host);
    return cookies && [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}
