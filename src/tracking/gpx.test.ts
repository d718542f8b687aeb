import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixAt, noon } from './fixture.ts';
import { gpxWriter } from './gpx.ts';
import type { Fix } from './shapes.ts';

function written(name: string, ...pieces: Fix[][]): string {
  const writer = gpxWriter({ name, writtenAt: new Date(noon) });
  pieces.forEach((piece) => writer.add(piece));
  return writer.end();
}

test('a route is one segment of one track, its elements in the order of the schema', () => {
  const full = { elevation: 34.25, satellites: 9, hdop: 0.9, vdop: 1, pdop: 10, bearing: 90 };
  const text = written('van-1', [fixAt(0, { ...full, speedMetersPerSecond: 3 })], [fixAt(1)]);
  assert.equal(
    text,
    `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Bazar" xmlns="http://www.topografix.com/GPX/1/1">
<metadata><time>2026-11-20T12:00:00.000Z</time></metadata>
<trk><name>van-1</name>
<trkseg>
<trkpt lat="52.5" lon="13.4"><ele>34.25</ele><time>2026-11-20T12:00:00.000Z</time>\
<sat>9</sat><hdop>0.9</hdop><vdop>1</vdop><pdop>10</pdop></trkpt>
<trkpt lat="52.5" lon="13.4"><time>2026-11-20T12:00:01.000Z</time></trkpt>
</trkseg>
</trk>
</gpx>
`,
  );
});

test('numbers have no exponent, and no longitude is 180', () => {
  const places = [
    { latitude: 1e-7, longitude: 180 },
    { latitude: -90, longitude: 179.99999999 },
    { latitude: 1e-20, longitude: -180 },
    { latitude: 12.34567891, longitude: 100 },
  ];
  const text = written(
    'x',
    places.map((place, nth) => fixAt(nth, place)),
  );
  assert.deepEqual(text.match(/lat="[^>]*"/g), [
    'lat="0.0000001" lon="-180"',
    'lat="-90" lon="-180"',
    'lat="0" lon="-180"',
    'lat="12.3456789" lon="100"',
  ]);
});

test('a name is a name, whatever it looks like', () => {
  const nameOf = (name: string) => /<name>(.*)<\/name>/s.exec(written(name, [fixAt(0)]))?.[1];
  assert.equal(nameOf('</name><x a="1">&amp;'), '&lt;/name&gt;&lt;x a=&quot;1&quot;&gt;&amp;amp;');
  assert.equal(nameOf('Ünï 漢 \u{1F69A}\tvan'), 'Ünï 漢 \u{1F69A}\tvan');
  assert.equal(nameOf('a\u0000b\u001Bc\uD800d\uFFFEe'), 'a\uFFFDb\uFFFDc\uFFFDd\uFFFDe');
});
