import { createHash } from 'node:crypto';

const base32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const shortIdChars = 8;

/** A product id for people, made from the request's own id; the next attempt gives another one. */
export function shortId(id: string, attempt: number): string {
  const bytes = createHash('sha256').update(`${id} ${attempt}`).digest();
  const letters = [...bytes.subarray(0, shortIdChars)].map((byte) => base32.charAt(byte % 32));
  return `P-${letters.join('')}`;
}
