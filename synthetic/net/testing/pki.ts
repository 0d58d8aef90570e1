import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The certificate library wires itself with a decorator library that asks for metadata which nothing here uses.
Object.assign(Reflect, {
  getMetadata: () => undefined,
  getOwnMetadata: () => undefined,
  hasMetadata: () => false,
  hasOwnMetadata: () => false,
  defineMetadata: () => {},
  metadata: () => () => {},
});
const x509 = await import('@peculiar/x509');

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
const REVOKED = '0badcafe';

type Keys = CryptoKeyPair;
type Issuer = { readonly name: string; readonly keys: Keys };
export type Identity = { readonly cert: string; readonly key: string };

/** Certificates for every way a server can be right or wrong, all below one root that a test trusts by file. */
export type Pki = Disposable & {
  readonly root: string;
  /**
   * Folder with `root.pem`, `client.pem` (certificate), `client.key`, and lists of revoked certificates: `revoked.pem` of both authorities,
   * `revoked-root.pem` of the root alone, `revoked-old.pem` that were to be replaced yesterday.
   */
  readonly folder: string;
  readonly valid: Identity;
  readonly expired: Identity;
  readonly notYetValid: Identity;
  readonly wrongHost: Identity;
  readonly selfSigned: Identity;
  /** Signed by an intermediate that is sent along, or is not. */
  readonly chained: Identity;
  readonly chainedIncomplete: Identity;
  /** On the list of its authority: the root, or the intermediate. */
  readonly revoked: Identity;
  readonly revokedBelow: Identity;
  /** A key of 1024 bits, signed by itself; serve it with `ciphers: 'DEFAULT@SECLEVEL=0'`. */
  readonly weak: Identity;
  /** Three hundred names, `site-0.localhost` and so on, behind `localhost`. */
  readonly manyNames: Identity;
  /** An intermediate that ends before its leaf does. */
  readonly shortChain: Identity;
};

type LeafInput = {
  readonly issuer: Issuer;
  readonly names?: readonly string[];
  readonly serialNumber?: string;
  readonly fromDays?: number;
  readonly toDays?: number;
};

export async function makePki(): Promise<Pki> {
  const root: Issuer = { name: 'CN=Test Root', keys: await newKeys() };
  const rootPem = await authority(root, root, 3_650);
  const intermediate: Issuer = { name: 'CN=Test Intermediate', keys: await newKeys() };
  const intermediatePem = await authority(intermediate, root, 365);
  const ending: Issuer = { name: 'CN=Test Ending Intermediate', keys: await newKeys() };
  const endingPem = await authority(ending, root, 5);
  const own: Issuer = { name: 'CN=localhost', keys: await newKeys() };
  const chained = await leaf({ issuer: intermediate });
  const client = await leaf({ issuer: root, names: ['client'] });
  const folder = mkdtempSync(join(tmpdir(), 'vigie-test-pki-'));
  writeFileSync(join(folder, 'root.pem'), rootPem);
  writeFileSync(join(folder, 'client.pem'), client.cert);
  writeFileSync(join(folder, 'client.key'), client.key);
  const lists = async (nextDays: number): Promise<string> =>
    (await list(root, nextDays)) + (await list(intermediate, nextDays));
  writeFileSync(join(folder, 'revoked.pem'), await lists(30));
  writeFileSync(join(folder, 'revoked-root.pem'), await list(root, 30));
  writeFileSync(join(folder, 'revoked-old.pem'), await lists(-1));
  const serialNumber = REVOKED;
  const below = await leaf({ issuer: intermediate, serialNumber });
  return {
    root: rootPem,
    folder,
    valid: await leaf({ issuer: root }),
    expired: await leaf({ issuer: root, fromDays: -30, toDays: -3 }),
    notYetValid: await leaf({ issuer: root, fromDays: 3 }),
    wrongHost: await leaf({ issuer: root, names: ['other.example'] }),
    selfSigned: await leaf({ issuer: own }, own),
    chained: { ...chained, cert: chained.cert + intermediatePem },
    chainedIncomplete: chained,
    revoked: await leaf({ issuer: root, serialNumber }),
    revokedBelow: { ...below, cert: below.cert + intermediatePem },
    weak: await weakLeaf(),
    manyNames: await leaf({ issuer: root, names: ['localhost', ...siteNames(300)] }),
    shortChain: await leaf({ issuer: ending }).then((one) => ({ ...one, cert: one.cert + endingPem })),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function siteNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `site-${index}.localhost`);
}

async function authority(subject: Issuer, issuer: Issuer, days: number): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.create({
    subject: subject.name,
    issuer: issuer.name,
    publicKey: subject.keys.publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + days * DAY_MS),
    extensions: [new x509.BasicConstraintsExtension(true, 2, true)],
  });
  return `${certificate.toString('pem')}\n`;
}

/** The list of what an authority has revoked, from ten days ago. */
async function list({ name, keys }: Issuer, nextDays: number): Promise<string> {
  const made = await x509.X509CrlGenerator.create({
    issuer: name,
    thisUpdate: new Date(Date.now() - 10 * DAY_MS),
    nextUpdate: new Date(Date.now() + nextDays * DAY_MS),
    entries: [{ serialNumber: REVOKED, revocationDate: new Date(Date.now() - 11 * DAY_MS) }],
    signingKey: keys.privateKey,
    signingAlgorithm: ALGORITHM,
  });
  // The library writes another name on it than OpenSSL reads.
  return `${made.toString('pem').replaceAll(/(BEGIN|END) CRL/g, '$1 X509 CRL')}\n`;
}

/** A server certificate; 90 days from yesterday unless told otherwise. */
async function leaf(
  { issuer, names, serialNumber, fromDays = -1, toDays = 90 }: LeafInput,
  self?: Issuer,
): Promise<Identity> {
  const keys = self?.keys ?? (await newKeys());
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${names?.[0] ?? 'localhost'}`,
    issuer: issuer.name,
    ...(serialNumber === undefined ? {} : { serialNumber }),
    publicKey: keys.publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(Date.now() + fromDays * DAY_MS),
    notAfter: new Date(Date.now() + toDays * DAY_MS),
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.SubjectAlternativeNameExtension([
        ...(names ?? ['localhost', 'site.localhost']).map((value) => ({ type: 'dns' as const, value })),
        ...(names === undefined ? [{ type: 'ip' as const, value: '127.0.0.1' }] : []),
      ]),
    ],
  });
  return { cert: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
}

async function weakLeaf(): Promise<Identity> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: 1_024,
  };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    keys,
    signingAlgorithm: algorithm,
    notAfter: new Date(Date.now() + 90 * DAY_MS),
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  });
  return { cert: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
}

async function exportKey(key: CryptoKey): Promise<string> {
  const exported = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${exported.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
}

async function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}
