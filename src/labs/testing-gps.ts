import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from 'node:test';
import { until } from '../postgres/wait.ts';
import { distanceMeters } from '../tracking/geo.ts';
import type { GoodRow } from '../replay/sample.ts';
import type { Answer, Ask } from '../testing/http.ts';
import { roomyFolder } from '../testing/temp.ts';
import { averageByHand } from '../tracking/testing-average.ts';
import type { GpsObject } from './gps-object.ts';
import type { RunningLab } from './testing-lab.ts';

const waitMsMax = 20_000;

/** For tests: a file of the published shape; its car drives east at 10.5 m/s for ever. */
export async function steadyTrack(): Promise<string> {
  const columns =
    'timestamp,latitude,longitude,elevation,accuracy,bearing,speed_meters_per_second,satellites,' +
    'provider,hdop,vdop,pdop,geoidheight,ageofdgpsdata,dgpsid,activity,battery,annotation,' +
    'distance_meters,elapsed_time_seconds';
  const rows = Array.from({ length: 600 }, (_, i) => {
    const time = `${1_577_000_000 + i}.125,0.5,${(i * 9.443e-5).toFixed(7)}`;
    return `${time},900.25,4,90,10.5,14,gps,0.8,1.6,1.8,3.6,,,,85,,10.5,${i === 0 ? 0 : 1}`;
  });
  const folder = await roomyFolder();
  after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'steady.csv');
  await writeFile(path, `${[columns, ...rows].join('\r\n')}\r\n`);
  return path;
}

/** For tests: what is true of a replay of known rows, found out from one of its samples. */
export function oracleOf(rows: readonly GoodRow[], speed: number, seen: GpsObject) {
  const offsetMs = ({ sample }: GoodRow): number =>
    ((sample.timestamp - (rows[0]?.sample.timestamp ?? 0)) * 1_000) / speed;
  const placeOf = ({ latitude, longitude, elevation, hdop }: GpsObject): number =>
    rows.findIndex(({ sample }) =>
      Object.entries({ latitude, longitude, elevation, hdop }).every(
        ([name, value]) => sample[name as keyof typeof sample] === value,
      ),
    );
  const seenRow = rows[placeOf(seen)];
  if (!seenRow) throw new Error(`No such row: ${JSON.stringify(seen)}`);
  const startMs = seen.timestamp * 1_000 - offsetMs(seenRow);
  const fixes = rows.map((row) => ({
    ...row.fix,
    timestamp: new Date(Math.round(startMs + offsetMs(row))).toISOString(),
  }));

  return {
    placeOf,

    /** The least and the most that a window has which begins between two times. */
    averages(firstMs: number, lastMs: number, windowMs: number): [number, number] {
      const begins = Array.from({ length: lastMs - firstMs + 1 }, (_, i) => firstMs + i);
      const all = begins.map((from) => averageByHand(fixes, from, from + windowMs)?.average ?? 0);
      return [Math.min(...all), Math.max(...all)];
    },

    /** Along every row between two samples. */
    metersBetween(from: GpsObject, to: GpsObject): number {
      const between = rows.slice(placeOf(from), placeOf(to) + 1);
      return between.reduce((sum, { fix }, i) => {
        const before = between[i - 1];
        return before ? sum + distanceMeters(before.fix, fix) : sum;
      }, 0);
    },
  };
}

/** For tests: the newest sample. */
export async function stateOf(ask: Ask): Promise<GpsObject> {
  return (await ask('GET /gps_state')).body as GpsObject;
}

/** For tests: its first sample. */
export async function untilState(lab: RunningLab): Promise<Answer> {
  const ask = lab.ask('api');
  const found = await until(async () => {
    const answer = await ask('GET /gps_state');
    return answer.status === 200 ? answer : undefined;
  }, waitMsMax);
  return found ?? assert.fail('it has never said where it is');
}

/** For tests: the answer for a task, once it is done or has failed. */
export async function untilOver(lab: RunningLab, id: unknown): Promise<Answer> {
  const ask = lab.ask('api');
  const over = await until(async () => {
    const answer = await ask(`GET /get_avg_speed_task_status?task_id=${String(id)}`);
    return /DONE|FAILED/.test(answer.text) ? answer : undefined;
  }, waitMsMax);
  return over ?? assert.fail('the task does not end');
}
