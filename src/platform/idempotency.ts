import { hash } from 'node:crypto';

const fingerprintBytes = 16;

/** The same key of another actor, or for another operation, is another key. */
type KeyedRequest = { actor: { name: string }; operation: string; key: string };

/** The id (a UUIDv8) of what a request makes: whoever repeats the request finds the same thing. */
export function keyedId({ actor, operation, key }: KeyedRequest): string {
  return idOf(actor.name, operation, key);
}

/** The UUIDv8 that stands for these names together. */
export function idOf(...names: readonly string[]): string {
  const hex = hash('sha256', names.join('\0'));
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`];
  return [...groups, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

/** Tells a repeated request from another one under the same key. */
export function fingerprint(...fields: readonly unknown[]): Buffer {
  const text = JSON.stringify(fields.map((field) => field ?? null));
  return hash('sha256', text, 'buffer').subarray(0, fingerprintBytes);
}
