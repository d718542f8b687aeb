import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../platform/errors.ts';
import { readReport, type Sent } from './osmand-form.ts';

const now = new Date('2026-03-01T12:00:00Z');
const here = { id: 'van-7', lat: '52.5', lon: '13.25' };
const coords = { latitude: 52.5, longitude: 13.25 };
const timestamp = now.toISOString();

const fixOf = (sent: Sent) => readReport(sent, now).fix;

/** Where a report is refused, and why. */
function refusalOf(sent: Sent): string | undefined {
  try {
    readReport(sent, now);
    return undefined;
  } catch (error) {
    const [wrong] = (error as AppError).errors ?? [];
    return `${wrong?.in} ${wrong?.pointer} ${wrong?.detail}`;
  }
}

test('reads all that OsmAnd says, its speed in knots', () => {
  const said = { speed: '19.438445', bearing: '90', altitude: '-3.5', accuracy: '4', hdop: '1.5' };
  const { speedMetersPerSecond, ...fix } = fixOf({ ...here, ...said, timestamp: '1772366400' });

  assert.deepEqual(fix, {
    timestamp,
    ...coords,
    bearing: 90,
    elevation: -3.5,
    accuracy: 4,
    hdop: 1.5,
  });
  assert.ok(Math.abs((speedMetersPerSecond ?? 0) - 10) < 1e-6, String(speedMetersPerSecond));
});

test('knows other names for the same', () => {
  const { vehicleId, fix } = readReport(
    { deviceid: 'van-7', location: '52.5,13.25', heading: '90' },
    now,
  );
  assert.deepEqual([vehicleId, fix], ['van-7', { timestamp, ...coords, bearing: 90 }]);
});

test('takes a report without a time as of now', () => {
  assert.equal(fixOf(here).timestamp, timestamp);
});

test('leaves out what the phone does not know', () => {
  const unknown = { speed: '-1', bearing: '-1.0', accuracy: '-1', hdop: '', altitude: '' };
  assert.deepEqual(fixOf({ ...here, ...unknown }), { timestamp, ...coords });
  const none = { speed: -1, heading: -1, accuracy: null, altitude: null };
  const posted = { device_id: 'van-7', location: { coords: { ...coords, ...none } } };
  assert.deepEqual(fixOf(posted), { timestamp, ...coords });
});

test('reads what Traccar Client posts, its speed in metres per second', () => {
  const location = {
    timestamp: '2026-03-01T11:59:00.000Z',
    coords: { ...coords, accuracy: 4, speed: 10, heading: 90, altitude: 30 },
    is_moving: true,
    battery: { level: 0.5, is_charging: false },
  };
  const { vehicleId, fix } = readReport({ device_id: 'van-7', location }, now);

  assert.equal(vehicleId, 'van-7');
  assert.deepEqual(fix, {
    timestamp: '2026-03-01T11:59:00.000Z',
    ...coords,
    accuracy: 4,
    speedMetersPerSecond: 10,
    bearing: 90,
    elevation: 30,
  });
});

test('remembers where each field was, for what is still to be said about it', () => {
  const { places } = readReport({ ...here, heading: '90' }, now);
  assert.deepEqual(places, {
    timestamp: { in: 'query', pointer: '/timestamp' },
    latitude: { in: 'query', pointer: '/lat' },
    longitude: { in: 'query', pointer: '/lon' },
    bearing: { in: 'query', pointer: '/heading' },
  });
});

test('names what is missing or cannot be read', () => {
  const cases: [Sent, string][] = [
    [{ lat: '1', lon: '2' }, 'query /id is missing'],
    [{ id: '', lat: '1', lon: '2' }, 'query /id is missing'],
    [{ id: 'van-7' }, 'query /lat is missing'],
    [{ id: 'van-7', lat: '1' }, 'query /lon is missing'],
    [{ id: 'van-7', lat: '', lon: '2' }, 'query /lat is missing'],
    [{ ...here, lat: '52,5' }, 'query /lat is not a number'],
    [{ ...here, lon: '0x10' }, 'query /lon is not a number'],
    [{ ...here, speed: 'fast' }, 'query /speed is not a number'],
    [{ ...here, altitude: 'Infinity' }, 'query /altitude is not a number'],
    [{ ...here, accuracy: '1e999' }, 'query /accuracy is not a number'],
    [{ ...here, timestamp: 'soon' }, 'query /timestamp is not a time'],
    [{ ...here, location: '52.5' }, 'query /location must be lat,lon'],
    [{ ...here, location: '1,2,3' }, 'query /location must be lat,lon'],
    [{ ...here, location: 'a,b' }, 'query /location is not a number'],
    [{ location: { coords } }, 'body /device_id is missing'],
    [
      { device_id: 'van-7', location: { coords, timestamp: 'soon' } },
      'body /location/timestamp is not a time',
    ],
  ];
  for (const [sent, refusal] of cases) assert.equal(refusalOf(sent), refusal);
});
