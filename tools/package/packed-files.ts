/** What the package may hold. Everything else is a mistake: a test, a secret, a file of this repository's own checks. */
const ALLOWED: readonly RegExp[] = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|THIRD-PARTY\.md)$/,
  /^dist\/.+\.(js|mjs|d\.ts|d\.mts|js\.map|d\.ts\.map)$/,
  // Assets of the web server, the module that builds k6.
  /^dist\/web\/.+\.(css|html|svg|txt)$/,
  /^dist\/tools\/k6\/go\.(mod|sum)$/,
];

/** Compiled as well as ours, but not for users. */
const FORBIDDEN: readonly RegExp[] = [
  /\.(test|contract|golden|bench|fixture)\./,
  /(^|\/)fake-/,
  /(^|\/)(fixtures|testing|demo|bench|docs|data|logs)\//,
  /^dist\/(test|load\/scenarios|synthetic\/journeys)\//,
  /^dist\/(vigie|playwright)\.config\./,
];

/** Without these the package does not work. */
const REQUIRED: readonly string[] = [
  'package.json',
  'README.md',
  'LICENSE',
  'dist/app/index.js',
  'dist/app/index.d.ts',
  'dist/app/main.js',
  // `vigie/playwright`.
  'dist/synthetic/journey/runner-adapter.js',
  'dist/synthetic/journey/runner-adapter.d.ts',
  // Started by path, so that no import would miss them.
  'dist/app/web/web-thread.js',
  'dist/results/writer-thread.js',
  'dist/synthetic/journey/host/main.js',
  'dist/synthetic/spec/reporter.js',
  // Imported by path from users' k6 scripts.
  'dist/load/kit/checks.js',
  'dist/load/kit/checks.d.ts',
  'dist/tools/setup.mjs',
  'dist/process/version.mjs',
  'dist/process/where.mjs',
  'dist/tools/k6/go.mod',
  'dist/tools/k6/go.sum',
];

/** The problems with a list of packed files, each a line for people; empty when there is none. */
export function judgePackedFiles(files: readonly string[]): readonly string[] {
  const isAllowed = (file: string): boolean =>
    ALLOWED.some((pattern) => pattern.test(file)) && !FORBIDDEN.some((pattern) => pattern.test(file));
  return [
    ...files
      .filter((file) => !isAllowed(file))
      .map((file) => `${file}: is packed and should not be; see "files" in package.json`),
    ...REQUIRED.filter((file) => !files.includes(file)).map((file) => `${file}: is missing from the package`),
  ];
}

/** Reads what `npm pack --json` prints: a list of packages (npm 11), or an object by name (npm 12). */
export function readPackedFiles(json: string): readonly string[] {
  const packages: unknown = JSON.parse(json);
  const [first]: readonly unknown[] = Array.isArray(packages) ? packages : Object.values(packages ?? {});
  if (typeof first !== 'object' || first === null || !('files' in first) || !Array.isArray(first.files)) {
    throw new Error(`npm pack printed no list of files but: ${json.slice(0, 200)}`);
  }
  return first.files.map((file: unknown) => {
    if (typeof file === 'object' && file !== null && 'path' in file) return String(file.path);
    throw new Error(`npm pack lists a file without a path: ${JSON.stringify(file)}`);
  });
}
