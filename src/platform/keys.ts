import { randomBytes } from 'node:crypto';
import { chown, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';

/** Ed25519 keys by id: the first that is whole signs, every one verifies, so keys can rotate. */
export type KeySet = {
  signing?: { kid: string; key: CryptoKey };
  verifying: ReadonlyMap<string, CryptoKey>;
  /** What may be shown to everyone. */
  published: JWK[];
};

/** A JWKS with one fresh private key, as text for a file or a setting. */
export async function generateKeys(kid: string): Promise<string> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return JSON.stringify({ keys: [{ ...jwk, kid, alg: 'EdDSA', use: 'sig' }] });
}

export async function readKeys(text: string): Promise<KeySet> {
  const { keys } = JSON.parse(text) as { keys?: JWK[] };
  if (!Array.isArray(keys) || keys.length === 0) throw new Error('there are no keys in it');
  const entries = await Promise.all(keys.map(readKey));
  const whole = entries.find(({ jwk }) => jwk.d !== undefined);
  return {
    ...(whole && { signing: { kid: whole.kid, key: whole.privateKey as CryptoKey } }),
    verifying: new Map(entries.map(({ kid, publicKey }) => [kid, publicKey])),
    published: entries.map(({ kid, jwk: { x } }) => publicJwk(kid, x as string)),
  };
}

async function readKey(jwk: JWK) {
  const { kid, kty, crv, x, d } = jwk;
  if (!kid || kty !== 'OKP' || crv !== 'Ed25519' || !x) {
    throw new Error('every key needs a kid and must be Ed25519');
  }
  const publicKey = (await importJWK(publicJwk(kid, x), 'EdDSA')) as CryptoKey;
  const privateKey = d === undefined ? undefined : ((await importJWK(jwk, 'EdDSA')) as CryptoKey);
  return { kid, jwk, publicKey, privateKey };
}

function publicJwk(kid: string, x: string): JWK {
  return { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' };
}

export const randomSecret = (): string => randomBytes(32).toString('base64url');

/**
 * A secret that lives in a file of the data directory: whoever comes first makes it, and all who
 * come at the same time end up with the same one.
 */
export async function keptSecret(path: string, make: () => Promise<string>): Promise<string> {
  const kept = await readFile(path, 'utf8').catch(() => undefined);
  if (kept !== undefined) return kept;
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, await make(), { mode: 0o600 });
  await leaveToOwner(folder, draft);
  // Unlike a rename, a link does not replace what another process has put there meanwhile.
  await link(draft, path).catch(() => undefined);
  await rm(draft);
  return readFile(path, 'utf8');
}

/** What root makes in somebody's folder is theirs, so that they can go on without root. */
async function leaveToOwner(folder: string, file: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(folder));
  await Promise.all([chown(folder, uid, gid), chown(file, uid, gid)]);
}
