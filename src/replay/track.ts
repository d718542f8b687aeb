import { createReadStream } from 'node:fs';
import { createLineSplitter, type Line } from '../platform/lines.ts';
import { readCsv } from './csv.ts';
import { readGpx } from './gpx.ts';
import type { Row } from './sample.ts';

/** Small, so that what is read is hardly ahead of what is played. */
const chunkBytes = 4 * 1024;

/** Reads a track, CSV or GPX, a piece at a time; `onBytes` hears how much has been read. */
export async function* readTrack(
  path: string,
  onBytes: (count: number) => void = () => undefined,
): AsyncGenerator<Row> {
  const stream = createReadStream(path, { highWaterMark: chunkBytes });
  try {
    const chunks = counted(stream, onBytes);
    const { value: first = new Uint8Array(), done } = await chunks.next();
    const all = done ? chunks : followed(first, chunks);
    yield* isXml(first) ? readGpx(all) : readCsv(linesOf(all));
  } finally {
    stream.destroy();
  }
}

export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const splitter = createLineSplitter();
  for await (const chunk of chunks) yield* splitter.take(chunk);
  yield* splitter.end();
}

async function* counted(
  stream: AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array, undefined> {
  for await (const chunk of stream) {
    onBytes(chunk.length);
    yield chunk;
  }
}

async function* followed(
  first: Uint8Array,
  others: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  yield* others;
}

function isXml(first: Uint8Array): boolean {
  return /^\uFEFF?\s*</.test(
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(first.subarray(0, 200)),
  );
}
