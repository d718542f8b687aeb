import type { Entry } from './shelf.ts';

/** Some news as they are written, together. */
export type Chunk = {
  /** Nothing, if none of it concerns the reader. */
  bytes: Buffer | undefined;
  /** How far it goes. */
  to: number;
  /** Whether some were left out because newer ones have come. */
  isShortened: boolean;
};

/** So much goes out at once, or one text that is longer. */
export const chunkBytesMax = 65_536;

type End = Pick<Chunk, 'to' | 'isShortened'>;

/** The first of them, as many as go out at once. */
export function chunkOf(entries: readonly Entry[], { to, isShortened }: End): Chunk {
  const count = countOfChunk(entries);
  const taken = count < entries.length ? entries.slice(0, count) : entries;
  const text = taken.map((entry) => entry.text).join('');
  return {
    bytes: count > 0 ? Buffer.from(text) : undefined,
    to: count < entries.length ? (taken.at(-1)?.number ?? to) : to,
    isShortened,
  };
}

/** As many as go out at once; at least one, if there is any. */
function countOfChunk(entries: readonly Entry[]): number {
  let chars = 0;
  const end = entries.findIndex(({ text }, i) => {
    chars += text.length;
    return i > 0 && chars > chunkBytesMax;
  });
  return end < 0 ? entries.length : end;
}

/** The same bytes in parts of which none is too much at once. */
export function inChunks(bytes: Buffer): Buffer[] {
  const count = Math.ceil(bytes.length / chunkBytesMax);
  return Array.from({ length: count }, (_, i) =>
    bytes.subarray(i * chunkBytesMax, (i + 1) * chunkBytesMax),
  );
}
