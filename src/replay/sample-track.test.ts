import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { sampleRows } from './demo.ts';
import { distanceMeters } from '../tracking/geo.ts';
import { bearingTo } from './geo.ts';
import { sampleTrackCsv } from './sample-track.ts';
import type { Sample } from './sample.ts';
import { problemsOf } from './testing.ts';
import { readTrack } from './track.ts';

const path = join(import.meta.dirname, '..', '..', 'data', 'sample-track.csv');

test('the file in data is what the generator makes', async () => {
  assert.ok((await readFile(path, 'utf8')) === sampleTrackCsv(), 'write it with `bazar docs`');
});

test('every row has the twenty columns, and can be used', async () => {
  const [header = '', ...lines] = sampleTrackCsv().split('\r\n');
  assert.equal(header.split(',').length, 20);
  const rows = await Array.fromAsync(readTrack(path));
  assert.deepEqual(problemsOf(rows), []);
  assert.deepEqual(rows.length, lines.length - 1);
  assert.deepEqual(rows, await sampleRows());
});

test('it is one trip of a car: where it is follows from speed and direction', async () => {
  const samples = (await sampleRows()).map(({ sample }) => sample);
  const steps = samples.slice(1).map((now, i) => stepOf(samples[i] ?? now, now));
  for (const [i, { now, seconds, meters, speed, speedBefore, off }] of steps.entries()) {
    assert.equal(now.elapsed_time_seconds, seconds);
    assert.ok(Math.abs((now.distance_meters ?? 0) - meters) < 0.001, `row ${i}`);
    assert.ok(speed >= 0 && speed < 30, `row ${i}`);
    if (seconds > 1.5) continue;
    assert.ok(Math.abs(meters - ((speed + speedBefore) / 2) * seconds) < 0.2, `row ${i}`);
    assert.ok(Math.abs(speed - speedBefore) < 2.5, `row ${i}`);
    assert.ok(meters < 2 || off < 1, `row ${i}`);
  }
  assert.ok(steps.filter(({ seconds }) => seconds > 1.5).length >= 3, 'gaps');
  assert.ok(steps.filter(({ speed }) => speed === 0).length > 60, 'stops');
});

test('it begins after two seconds, lasts 20 to 25 minutes, and ends where it began', async () => {
  const samples = (await sampleRows()).map(({ sample }) => sample);
  const [first, last] = [samples[0], samples.at(-1)];
  assert.ok(first && last);
  assert.ok(Math.abs((first.elapsed_time_seconds ?? 0) - 2) < 0.01);
  const minutes = (last.timestamp - first.timestamp) / 60;
  assert.ok(minutes > 20 && minutes < 25);
  assert.ok(distanceMeters(first, last) < 30);
});

function stepOf(before: Sample, now: Sample) {
  const bearing = now.bearing ?? 0;
  return {
    now,
    seconds: Math.round((now.timestamp - before.timestamp) * 1_000) / 1_000,
    meters: distanceMeters(before, now),
    speed: now.speed_meters_per_second ?? -1,
    speedBefore: before.speed_meters_per_second ?? -1,
    off: Math.abs(((bearingTo(before, now) - bearing + 540) % 360) - 180),
  };
}
