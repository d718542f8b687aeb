import { createHash } from 'node:crypto';
import type { Actor } from './staff.ts';

const fingerprintBytes = 16;
const base32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const shortIdChars = 8;

type Request = { actor: Pick<Actor, 'name'>; operation: string; key: string };

/** The id (a UUIDv8) of what a request makes: whoever repeats the request finds the same thing. */
export function keyedId({ actor, operation, key }: Request): string {
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

/** A product id for people, made from the request's own id; the next attempt gives another one. */
export function shortId(id: string, attempt: number): string {
  const bytes = createHash('sha256').update(`${id} ${attempt}`).digest();
  const letters = [...bytes.subarray(0, shortIdChars)].map((byte) => base32.charAt(byte % 32));
  return `P-${letters.join('')}`;
}
