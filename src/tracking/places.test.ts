import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areaOf } from './places.ts';

/** How a request for a place is refused. */
function refusalOf(asked: Parameters<typeof areaOf>[0]): unknown {
  try {
    areaOf(asked);
    return 'taken';
  } catch (error) {
    const { errors: [fault] = [] } = error as { errors?: { pointer: string }[] };
    return fault?.pointer;
  }
}

test('reads a box in degrees, also with exponents and signs', () => {
  assert.deepEqual(areaOf({ box: '-1.5e1,-2,+3.25,90' }), {
    boxes: [{ west: -15, south: -2, east: 3.25, north: 90 }],
  });
  assert.equal(areaOf({ box: '179,-1,-179,1' })?.boxes.length, 2);
  assert.equal(areaOf({}), undefined);
});

test('reads a place, and looks a kilometre around it unless told otherwise', () => {
  const near = '52.5,13.4';
  const centre = { latitude: 52.5, longitude: 13.4 };
  assert.deepEqual(areaOf({ near })?.circle, { centre, radiusMeters: 1_000 });
  assert.deepEqual(areaOf({ near, radiusMeters: 5 })?.circle, { centre, radiusMeters: 5 });
});

test('takes no box that is none', () => {
  const wrong = [
    '',
    '1,2,3',
    '1,2,3,4,5',
    '1,2,3,',
    ' 1,2,3,4',
    '1;2;3;4',
    '0x1,2,3,4',
    'NaN,2,3,4',
    'Infinity,2,3,4',
    '1e999,2,3,4',
    '1.,2,3,4',
    '181,2,3,4',
    '1,-91,3,4',
    '1,2,-180.1,4',
    '1,2,3,90.1',
    '1,4,3,2',
  ];
  assert.deepEqual(
    wrong.filter((box) => refusalOf({ box }) !== '/box'),
    [],
  );
});

test('takes no place that is none', () => {
  const wrong = ['', '1', '1,2,3', '91,0', '0,181', '1,', 'a,b', '1, 2'];
  assert.deepEqual(
    wrong.filter((near) => refusalOf({ near }) !== '/near'),
    [],
  );
});

test('refuses what does not go together', () => {
  assert.equal(refusalOf({ box: '1,2,3,4', near: '1,2' }), '/near');
  assert.equal(refusalOf({ radiusMeters: 5 }), '/radiusMeters');
  assert.equal(refusalOf({ radiusMeters: 5, box: '1,2,3,4' }), '/radiusMeters');
  assert.equal(refusalOf({ near: '1,2', cursor: 'x' }), '/cursor');
});
