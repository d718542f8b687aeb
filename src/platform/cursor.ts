import { createHmac, timingSafeEqual } from 'node:crypto';
import { invalid } from './errors.ts';

export type Cursors = {
  /** A place in one list; `list` names the list with its filters, so a cursor fits no other. */
  encode(list: string, place: readonly (string | number)[]): string;
  decode(list: string, cursor: string): (string | number)[];
};

const macBytes = 16;

/** Opaque cursors that cannot be forged: the place in the list, and a MAC over list and place. */
export function createCursors(secret: string): Cursors {
  const mac = (list: string, place: Buffer) =>
    createHmac('sha256', secret)
      .update(list)
      .update('\0')
      .update(place)
      .digest()
      .subarray(0, macBytes);

  return {
    encode(list, place) {
      const bytes = Buffer.from(JSON.stringify(place));
      return Buffer.concat([mac(list, bytes), bytes]).toString('base64url');
    },
    decode(list, cursor) {
      const bytes = Buffer.from(cursor, 'base64url');
      const place = bytes.subarray(macBytes);
      const genuine =
        bytes.length > macBytes && timingSafeEqual(bytes.subarray(0, macBytes), mac(list, place));
      if (!genuine) throw invalid('query', '/cursor', 'does not belong to this list');
      return JSON.parse(place.toString()) as (string | number)[];
    },
  };
}
