import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPhoneTime } from './osmand-time.ts';

const times: Record<string, string> = {
  '1377177267': '2013-08-22T13:14:27.000Z',
  '1377177267.123': '2013-08-22T13:14:27.123Z',
  '1442068686579': '2015-09-12T14:38:06.579Z',
  '0': '1970-01-01T00:00:00.000Z',
  '2016-01-27T18:55:47Z': '2016-01-27T18:55:47.000Z',
  '2016-01-27t18:55:47.25z': '2016-01-27T18:55:47.250Z',
  '2016-01-27T18:55:47+02:00': '2016-01-27T16:55:47.000Z',
  '2016-01-27T18:55:47 02:00': '2016-01-27T16:55:47.000Z',
  '2016-01-27T18:55:47-0330': '2016-01-27T22:25:47.000Z',
  '2016-01-27T18:55:47': '2016-01-27T18:55:47.000Z',
  '2014-06-04 09:10:11': '2014-06-04T09:10:11.000Z',
};

test('reads a time however a phone writes it', () => {
  const read = Object.keys(times).map((text) => [text, readPhoneTime(text)?.toISOString()]);
  assert.deepEqual(Object.fromEntries(read), times);
});

test('reads nothing into what is no time', () => {
  const wrong = [
    'now',
    '-1',
    '1e9',
    '12345678901234',
    '2026-02-30T10:00:00Z',
    '2026-13-01 10:00:00',
  ];
  const more = ['2026-01-01', '2026-01-01T25:00:00Z', '2026-01-01T10:00:00Z!', ' 1', '0x10', 'NaN'];
  for (const text of [...wrong, ...more]) assert.equal(readPhoneTime(text), undefined, text);
});
