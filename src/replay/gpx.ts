import { AppError } from '../platform/errors.ts';
import { createRowReader, type Raw, type Row } from './sample.ts';
import { createXmlTokens, type XmlToken } from './xml-tokens.ts';

/** The elements of a point, in GPX 1.0, in GPX 1.1 and in what Garmin adds to it. */
const columnOf = new Map([
  ['time', 'timestamp'],
  ['ele', 'elevation'],
  ['course', 'bearing'],
  ['bearing', 'bearing'],
  ['speed', 'speed_meters_per_second'],
  ['sat', 'satellites'],
  ['hdop', 'hdop'],
  ['vdop', 'vdop'],
  ['pdop', 'pdop'],
]);
const valueCharsMax = 200;

type Point = { line: number; raw: Raw; column: string | undefined };

/** Reads the track points of a GPX file, and never holds more than one of them. */
export async function* readGpx(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Row> {
  const decoder = new TextDecoder();
  const tokens = createXmlTokens();
  const pointOf = createPointReader();
  const rowOf = createRowReader();
  let hasPoints = false;
  for await (const chunk of chunks) {
    for (const token of tokens(decoder.decode(chunk, { stream: true }))) {
      const point = pointOf(token);
      if (point) yield rowOf(point.raw, point.line);
      hasPoints ||= point !== undefined;
    }
  }
  if (!hasPoints) throw new AppError('malformed', 'It has no track points');
}

/** Gives each point when its last token has come. */
function createPointReader(): (token: XmlToken) => Point | undefined {
  let point: Point | undefined;

  function open({ name, attributes, line }: XmlToken & { kind: 'open' }): Point | undefined {
    if (name !== 'trkpt') {
      if (point) point.column = columnOf.get(name);
      return undefined;
    }
    const before = point;
    const { lat = '', lon = '' } = attributes;
    point = { line, raw: { latitude: lat, longitude: lon }, column: undefined };
    // One that was never closed is told all the same.
    return before;
  }

  function close(name: string): Point | undefined {
    const done = point;
    if (done) done.column = undefined;
    if (name !== 'trkpt') return undefined;
    point = undefined;
    return done;
  }

  function write(text: string): void {
    if (!point?.column) return;
    const all = `${point.raw[point.column] ?? ''}${text}`;
    point.raw[point.column] = all.slice(0, valueCharsMax);
  }

  return (token) => {
    if (token.kind === 'open') return open(token);
    if (token.kind === 'close') return close(token.name);
    write(token.text);
    return undefined;
  };
}
