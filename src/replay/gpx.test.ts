import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readGpx } from './gpx.ts';
import { isGood, type Row } from './sample.ts';
import { bytesOf, problemsOf, streamOf } from './testing.ts';

const read = (...texts: string[]): Promise<Row[]> => Array.fromAsync(readGpx(bytesOf(...texts)));
const gpx = (inside: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1"><trk><trkseg>${inside}</trkseg></trk></gpx>`;
const point = (second: number): string =>
  `<trkpt lat="1" lon="2"><time>2026-01-01T00:00:0${second}Z</time></trkpt>\n`;

test('reads points of GPX 1.0 and 1.1, and what others have put beside them', async () => {
  const rows = await read(
    gpx(`
<trkpt lat="-43.5" lon='171.25'>
  <ele>12.5</ele><time>2026-01-01T00:00:00.250Z</time><course>90</course><speed>13.5</speed>
  <sat>9</sat><hdop>0.9</hdop><vdop>1.1</vdop><pdop>1.4</pdop>
</trkpt>
<trkpt lat="-43.5" lon="171.26"><time>2026-01-01T01:00:02+01:00</time>
  <extensions><gpxtpx:TrackPointExtension><gpxtpx:speed>2</gpxtpx:speed></gpxtpx:TrackPointExtension></extensions>
</trkpt>`),
  );
  const [first, second] = rows.filter(isGood);
  assert.deepEqual(first?.fix, {
    timestamp: '2026-01-01T00:00:00.250Z',
    latitude: -43.5,
    longitude: 171.25,
    elevation: 12.5,
    bearing: 90,
    speedMetersPerSecond: 13.5,
    satellites: 9,
    hdop: 0.9,
    vdop: 1.1,
    pdop: 1.4,
  });
  assert.equal(first?.line, 3);
  assert.equal(second?.fix.speedMetersPerSecond, 2);
  assert.equal(second?.sample.elapsed_time_seconds, 1.75);
  assert.equal(second?.line, 7);
});

test('a point that makes no sense is told with its line, and the others are read', async () => {
  const rows = await read(
    gpx(`${point(1)}<trkpt lat="1"/>\n<trkpt lat="1" lon="2">${point(3)}${point(2)}`),
  );
  assert.deepEqual(problemsOf(rows), [
    [3, 'timestamp is missing'],
    [4, 'timestamp is missing'],
    [5, 'timestamp is not after that of the row before'],
  ]);
  assert.equal(rows.filter(isGood).length, 2);
});

test('comments, character data and a bomb of entities hold no points', async () => {
  const bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]>';
  const rows = await read(
    bomb,
    gpx(`<!-- ${point(1)} --><![CDATA[${point(1)}]]><name>&c;</name>${point(2)}`),
  );
  assert.deepEqual(
    rows.map((row) => isGood(row) && row.fix.timestamp),
    ['2026-01-01T00:00:02.000Z'],
  );
});

test('the pieces in which a file comes make no difference', async () => {
  const text = gpx(
    `<!-- a > b -->${point(1)}<![CDATA[>]]>${point(2)}<trkpt lat="x" lon="2"></trkpt>`,
  );
  const whole = await read(text);
  assert.equal(whole.length, 3);
  assert.deepEqual(await read(...(text.match(/./gs) ?? [])), whole);
});

test('noise between points is passed over, in time that grows with its length only', async () => {
  const noise = ['<'.repeat(200_000), `<a ${'b'.repeat(200_000)}`, `<a b="${'c'.repeat(200_000)}`];
  const rows = await read(...noise.map((text) => text + gpx(point(1))).slice(0, 1), noise[1] ?? '');
  assert.equal(rows.filter(isGood).length, 1);
  const more = await read(noise[2] ?? '', gpx(point(1)));
  assert.equal(more.filter(isGood).length, 1);
  assert.equal((await read(`<a b="${point(1)}`)).filter(isGood).length, 1);
});

test('whatever the bytes are, reading ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
      const start = Buffer.from(gpx(point(1)));
      const rows = await Array.fromAsync(readGpx(streamOf([start, bytes])));
      assert.equal(rows.filter(isGood).length, 1);
    }),
  );
});

test('a file without points is refused', async () => {
  await assert.rejects(read('<html></html>'), /It has no track points/);
});
