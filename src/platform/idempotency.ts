import { createHash } from 'node:crypto';

const fingerprintBytes = 16;

/** The same key of another actor, or for another operation, is another key. */
type KeyedRequest = { actor: { name: string }; operation: string; key: string };

/** The id (a UUIDv8) of what a request makes: whoever repeats the request finds the same thing. */
export function keyedId({ actor, operation, key }: KeyedRequest): string {
  const bytes = createHash('sha256').update([actor.name, operation, key].join('\0')).digest();
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x80;
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Tells a repeated request from another one under the same key. */
export function fingerprint(...fields: readonly unknown[]): Buffer {
  const text = JSON.stringify(fields.map((field) => field ?? null));
  return createHash('sha256').update(text).digest().subarray(0, fingerprintBytes);
}
