import { randomUUID } from 'node:crypto';
import type { Connection } from './connection.ts';
import { keyMark, productMark } from './load-spec.ts';

/** A request as it goes over the wire, in which only the key and the products change. */
export type Request = { bytes: Buffer; keyAt: number; productsAt: number[] };
export type Slot = { connection: Connection; startedAtMs: number; request: Request };

// Long enough that two runs do not meet; the server hashes the key anyway.
const keyPrefix = randomUUID().slice(0, 24);
let keys = 0;

export function makeRequest(template: string): Request {
  const productsAt: number[] = [];
  for (let at = template.indexOf(productMark); at >= 0;) {
    productsAt.push(at + productMark.length - 4);
    at = template.indexOf(productMark, at + 1);
  }
  return { bytes: Buffer.from(template), keyAt: template.indexOf(keyMark), productsAt };
}

/** A fresh key, and products by chance, each another one; without a choice it is the hot one. */
export function fillIn({ bytes, keyAt, productsAt }: Request, products: number): void {
  if (keyAt >= 0) {
    keys += 1;
    bytes.write(keyPrefix + keys.toString(16).padStart(12, '0'), keyAt, 'latin1');
  }
  if (products === 0) return;
  const first = Math.floor(Math.random() * products);
  const apart = Math.floor(products / productsAt.length);
  for (const [i, at] of productsAt.entries()) {
    bytes.write(String(((first + i * apart) % products) + 1).padStart(4, '0'), at, 'latin1');
  }
}
