import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export type RegistrySettings = {
  /** Lines of an npmrc. */
  readonly lines: readonly string[];
  readonly env: Readonly<Record<string, string>>;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** How a registry is reached and who we are to it. Everything else (caches, headers, prefixes) stays outside. */
const KEY =
  /^(registry|@[^:=\s]+:registry|\/\/[^=\s]+|ca(\[\])?|cafile|cert|key|https?-proxy|proxy|noproxy|strict-ssl|replace-registry-host)$/;
const VARIABLE =
  /^(npm_config_(registry|@.*|\/\/.*|ca|cafile|cert|key|https?_proxy|proxy|noproxy|strict_ssl|replace_registry_host)|https?_proxy|all_proxy|no_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR))$/i;

/** The settings by which this machine reaches its registry, so that a sandbox with an empty home reaches it too. */
export function readRegistrySettings(env: Environment): RegistrySettings {
  const files = ['globalconfig', 'userconfig'].map((name) => env[`npm_config_${name}`] || askNpm(name));
  const lines = files.flatMap(readLines).filter((line) => KEY.test(keyOf(line)));
  // `${NPM_TOKEN}` in a line is read from the environment.
  const named = lines.flatMap((line) => [...line.matchAll(/\$\{([^}?]+)\??\}/g)].map(([, name]) => name ?? ''));
  const passed = Object.entries(env).filter(([name]) => VARIABLE.test(name) || named.includes(name));
  return {
    lines,
    env: Object.fromEntries(passed.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
  };
}

function keyOf(line: string): string {
  return line.slice(0, line.indexOf('=')).trim();
}

function askNpm(name: string): string {
  return execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim();
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    // Most machines have neither file: then npm's own registry is asked, and needs no settings.
    return [];
  }
}
