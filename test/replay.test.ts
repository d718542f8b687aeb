import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { client, expectStatus } from '../src/testing/http.ts';
import { makeHome, startAll } from '../src/testing/process.ts';
import { logInAsStaff, makeDeviceKey, readPages } from '../src/testing/shop.ts';
import { averageByHand } from '../src/tracking/testing-average.ts';
import type { AverageSpeed, Fix, VehicleState } from '../src/tracking/shapes.ts';

const sample = join(import.meta.dirname, '..', 'data', 'sample-track.csv');
const hourMs = 3_600_000;

/** The sample as if it had been driven an hour ago, since what is too old is not taken. */
async function recentTrack(folder: string): Promise<{ file: string; fixes: Fix[] }> {
  const [header = '', ...rows] = (await readFile(sample, 'utf8')).trimEnd().split('\r\n');
  const startMs = Date.now() - hourMs;
  const firstMs = Number(rows[0]?.split(',')[0]) * 1_000;
  const moved = rows.map((row) => {
    const [seconds = '', ...rest] = row.split(',');
    const ms = Math.round(startMs + Number(seconds) * 1_000 - firstMs);
    return { ms, fields: [(ms / 1_000).toFixed(3), ...rest] };
  });
  const file = join(folder, 'track.csv');
  const lines = moved.map(({ fields }) => fields.join(','));
  await writeFile(file, [header, ...lines, ''].join('\r\n'));
  const column = header.split(',').indexOf('speed_meters_per_second');
  const fixes = moved.map(({ ms, fields }) => ({
    timestamp: new Date(ms).toISOString(),
    latitude: Number(fields[1]),
    longitude: Number(fields[2]),
    speedMetersPerSecond: Number(fields[column]),
  }));
  return { file, fixes };
}

test(
  'a track that was replayed a hundred times as fast says what its file says',
  {
    timeout: 90_000,
  },
  async () => {
    const bazar = await startAll();
    const ask = client(bazar.gateways);
    const token = await logInAsStaff(ask);
    const { key } = await makeDeviceKey(ask, token, 'van-1');
    const { file, fixes } = await recentTrack(bazar.data);
    const { launch } = await makeHome();
    const replay = launch('replay', {
      url: bazar.gateways[0] ?? '',
      vehicle: 'van-1',
      speed: 100,
      times: 'file',
      key,
      file,
    });
    assert.equal(await replay.ended, 0, replay.stderr());

    const from = fixes[0]?.timestamp ?? '';
    const page = (cursor: string) =>
      ask(`GET /v1/vehicles/van-1/route?limit=1000&from=${from}${cursor}`, { token });
    const route = await readPages<Fix>(page, () => false);
    const told = ({ timestamp, latitude, longitude, speedMetersPerSecond }: Fix) =>
      [timestamp, latitude, longitude, speedMetersPerSecond].join();
    assert.deepEqual(route.map(told), fixes.map(told));

    const state = await ask('GET /v1/vehicles/van-1/state', { token });
    assert.equal(
      (expectStatus(state, 200).body as VehicleState).timestamp,
      fixes.at(-1)?.timestamp,
    );

    const startMs = Date.parse(from);
    const windows = [2, 60, 600, 1_200].map((second) => startMs + (second + 10) * 1_000);
    const asked = windows.map(async (untilMs) => {
      const until = new Date(untilMs).toISOString();
      const path = `/v1/vehicles/van-1/average-speed?windowSeconds=10&until=${until}`;
      const { body } = expectStatus(await ask(`GET ${path}`, { token }), 200);
      const { average = NaN } = averageByHand(fixes, untilMs - 10_000, untilMs) ?? {};
      const actual = (body as AverageSpeed).averageSpeedMetersPerSecond;
      assert.ok(Math.abs(actual - average) <= 1e-9 * Math.max(1, average), `${actual} ${average}`);
    });
    await Promise.all(asked);
  },
);
