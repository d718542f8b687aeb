import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { csvLine, readCsv } from './csv.ts';
import { isGood, servedColumns, type Row, type Sample } from './sample.ts';
import { bytesOf, problemsOf, streamOf } from './testing.ts';
import { linesOf } from './track.ts';

const read = (...texts: string[]): Promise<Row[]> =>
  Array.fromAsync(readCsv(linesOf(bytesOf(...texts))));
const header = 'timestamp,latitude,longitude,annotation';

test('columns are found by their names, in any order, and others do not matter', async () => {
  const [row] = await read(
    '\uFEFF"Longitude",dgpsid, latitude ,timestamp\r\n"20.5",7,10.25,1577218887.999\r\n',
  );
  assert.ok(row && isGood(row));
  assert.deepEqual(row.fix, {
    timestamp: '2019-12-24T20:21:27.999Z',
    latitude: 10.25,
    longitude: 20.5,
  });
  assert.equal(row.line, 2);
  assert.deepEqual(Object.keys(row.sample), [...servedColumns]);
  assert.equal(row.sample.elevation, null);
});

test('distance and time since the row before are worked out where the file lacks them', async () => {
  const rows = await read(`${header}\n1,10,20,\n3.5,10.001,20,\n`);
  const [first, second] = rows.filter(isGood);
  assert.equal(first?.sample.distance_meters, null);
  assert.equal(second?.sample.distance_meters, 111.195);
  assert.equal(second?.sample.elapsed_time_seconds, 2.5);
});

test('a row that makes no sense is told with its line and skipped, and the others are read', async () => {
  const rows = await read(
    'timestamp,latitude,longitude,satellites,hdop\n',
    '1,10,20,7,\n',
    ',10,20,7,1\n',
    '3,91,20,7,1\n',
    '\n',
    '4,10,east,7,1\n',
    '5,10,20,7.5,1\n',
    '6,10\n',
    '"7""",10,20,7,1\n',
    '1,10,20,7,1\n',
    '2019-12-24T20:21:27Z,10,20,7,n/a',
  );
  assert.deepEqual(problemsOf(rows), [
    [3, 'timestamp is missing'],
    [4, 'latitude is not from -90 to 90: "91"'],
    [6, 'longitude cannot be read: "east"'],
    [7, 'satellites is not whole: "7.5"'],
    [8, 'has 2 columns, and the header 5'],
    [9, 'timestamp cannot be read: "7\\""'],
    [10, 'timestamp is not after that of the row before'],
  ]);
  assert.deepEqual(
    rows.filter(isGood).map(({ line }) => line),
    [2, 11],
  );
});

test('quotes may hold commas, quotes and line feeds', async () => {
  const rows = await read(`${header}\r\n1,10,20,"a, ""b""\r\nc"\r\n2,10,20,d"e\r\n3,10,20,"f"\r\n`);
  assert.deepEqual(problemsOf(rows), []);
  assert.deepEqual(
    rows.map(({ line }) => line),
    [2, 4, 5],
  );
});

test('a quote that is never closed costs its own row only', async () => {
  const rest = Array.from({ length: 30 }, (_, i) => `${i + 2},10,20,`).join('\n');
  const rows = await read(`${header}\n1,10,20,"lost\n${rest}\n`);
  assert.deepEqual(problemsOf(rows), [[2, 'has a quote that is never closed']]);
  assert.equal(rows.filter(isGood).length, 30);
});

test('a line of any length is skipped without being held', async () => {
  const rows = await read(
    `${header}\n1,10,20,`,
    ...Array<string>(200).fill('x'.repeat(1_000)),
    '\n2,10,20,\n',
  );
  assert.deepEqual(problemsOf(rows), [[2, 'is longer than 64 KiB']]);
  assert.equal(rows.filter(isGood).length, 1);
});

test('a file without a header is refused', async () => {
  await assert.rejects(read('1,10,20,\n'), /It has no header/);
  await assert.rejects(read(''), /It has no header/);
});

const number = (min: number, max: number) =>
  fc.double({ min, max, noNaN: true }).map((value) => value + 0);
const known = (min: number, max: number) => fc.option(number(min, max));
const sample = fc.record({
  latitude: number(-90, 90),
  longitude: number(-180, 180),
  elevation: known(-12_000, 100_000),
  accuracy: known(0, 1_000),
  bearing: known(0, 360),
  speed_meters_per_second: known(0, 100),
  satellites: fc.option(fc.integer({ min: 0, max: 40 })),
  hdop: known(0, 50),
  vdop: known(0, 50),
  pdop: known(0, 50),
  distance_meters: number(0, 1e6),
  elapsed_time_seconds: number(0, 1e6),
});
const anything = fc.string({ unit: fc.constantFrom('"', ',', '\n', 'a', ' ', 'č', '\u{1f600}') });
const rowArbitrary = fc.tuple(sample, anything, fc.integer({ min: 1, max: 5_000 }));

test('what is written as CSV reads as the same samples, however it is cut into pieces', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(rowArbitrary, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 40 }),
      async (rows, pieceBytes) => {
        let ms = 1_577_218_887_000;
        const samples = rows.map(([values, , stepMs]): Sample => {
          ms += stepMs;
          return { timestamp: ms / 1_000, ...values };
        });
        const lines = samples.map((one, i) =>
          csvLine([rows[i]?.[1] ?? '', ...servedColumns.map((name) => one[name])]),
        );
        const bytes = Buffer.from(csvLine(['annotation', ...servedColumns]) + lines.join(''));
        const count = Math.ceil(bytes.length / pieceBytes);
        const pieces = Array.from({ length: count }, (_, i) =>
          bytes.subarray(i * pieceBytes, (i + 1) * pieceBytes),
        );
        const again = await Array.fromAsync(readCsv(linesOf(streamOf(pieces))));
        assert.deepEqual(
          again.map((row) => (isGood(row) ? row.sample : row)),
          samples,
        );
      },
    ),
  );
});

test('whatever the bytes are, reading ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (noise) => {
      const start = Buffer.from(`${header}\n`);
      const rows = await Array.fromAsync(readCsv(linesOf(streamOf([start, noise]))));
      assert.ok(rows.length <= noise.length);
    }),
  );
});
