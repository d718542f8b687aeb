import { createHash, createHmac, randomBytes } from 'node:crypto';

/** A secret that somebody holds; the id says which row keeps its hash. */
export type HeldSecret = { id: string; secret: Buffer };

/** The prefix lets scanners find leaked ones: refresh tokens and API keys. */
export type SecretPrefix = 'bzr' | 'bzk';

const form = /^([a-z]{3})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([\w-]{43})$/;

export const newSecret = (): Buffer => randomBytes(32);

/** A plain hash is enough: nobody guesses 32 random bytes. */
export function hashSecret(secret: Buffer): Buffer {
  return createHash('sha256').update(secret).digest();
}

export function writeSecret(prefix: SecretPrefix, { id, secret }: HeldSecret): string {
  return `${prefix}_${id}.${secret.toString('base64url')}`;
}

export function readSecret(prefix: SecretPrefix, text: string): HeldSecret | undefined {
  const [, found, id, secret] = form.exec(text) ?? [];
  if (found !== prefix || !id || !secret) return undefined;
  return { id, secret: Buffer.from(secret, 'base64url') };
}

/**
 * The secret that follows another. Told from the old secret and a seed, it can be told again to
 * who holds the old one, while the database, which has only the seed, cannot tell it at all.
 */
export function successor(secret: Buffer, seed: Buffer): Buffer {
  return createHmac('sha256', secret).update(seed).digest();
}
