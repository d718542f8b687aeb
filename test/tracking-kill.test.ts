import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Client } from 'pg';
import { pick, seeded, type Random } from '../src/faults/random.ts';
import { until } from '../src/postgres/wait.ts';
import { freshDatabaseUrl } from '../src/testing/database.ts';
import { client, type Ask } from '../src/testing/http.ts';
import {
  adminPassword,
  makeHome,
  servicePlaces,
  type Running,
  type Settings,
} from '../src/testing/process.ts';
import { logInAsStaff, readPages } from '../src/testing/shop.ts';
import type { Fix, Task } from '../src/tracking/shapes.ts';

const killsMin = 8;
const healMsMax = 20_000;
const vehicles = ['van-1', 'van-2', 'van-3'];
const crashPoints = [undefined, undefined, 'taskAfterClaim:1', 'taskBeforeCommit:1'];
const limits = { adminPassword, poolMax: 4, drainMs: 0, callerPerMinuteMax: 1_000_000 };

const fixNow = () => ({ timestamp: new Date().toISOString(), latitude: 50, longitude: 10 });
const placeOf = ({ timestamp, latitude }: Fix): string => `${timestamp} ${latitude}`;

/** Two processes of tracking, the second one only for tasks, and one with all the rest. */
async function start(databaseUrl: string) {
  const home = await makeHome();
  const { ports, urls } = await servicePlaces();
  const common: Settings = { ...limits, ...urls, databaseUrl, demoVan: false };
  const door = await home.start({ ...common, target: 'gateway,users,catalog,orders' });
  // The internal port of that process is its own; only tracking is called.
  const startTracking = (n: number, crashAt: string | undefined) =>
    home.start({
      ...common,
      usersUrl: door.addresses.internal ?? '',
      target: 'tracking',
      internalPort: n === 0 ? ports.tracking : 0,
      ...(crashAt && { crashAt }),
    });
  return { home, door, startTracking };
}

const onlyIf =
  (isExpected: boolean) =>
  (error: unknown): undefined => {
    if (!isExpected) throw error;
  };

/** Two processes that die again and again, and at last live on. */
async function keepKilling(
  startTracking: (n: number, crashAt: string | undefined) => Promise<Running>,
  random: Random,
): Promise<number> {
  let kills = 0;

  async function lives(n: number): Promise<void> {
    const crashAt = pick(random, crashPoints);
    // Whoever is to die at a task may meet one before it has begun to serve.
    const process = await startTracking(n, crashAt).catch(onlyIf(crashAt !== undefined));
    await until(() => process?.isOver() || undefined, 100 + random() * 900);
    kills += 1;
    await process?.kill();
    if (kills < killsMin) await lives(n);
  }
  await Promise.all([lives(0), lives(1)]);
  await Promise.all([startTracking(0, undefined), startTracking(1, undefined)]);
  return kills;
}

/** Reports where a vehicle is, second by second, each batch until it is taken. */
async function report(ask: Ask, { token, vehicle, random, goOn }: Work): Promise<Fix[]> {
  const taken: Fix[] = [];
  const startMs = Date.now() - 3_600_000;
  async function batch(first: number): Promise<void> {
    if (!goOn()) return;
    const fixes = Array.from({ length: 1 + Math.floor(random() * 20) }, (_, i) => ({
      timestamp: new Date(startMs + (first + i) * 10).toISOString(),
      latitude: 50 + random(),
      longitude: 10 + random(),
      speedMetersPerSecond: random() * 30,
    }));
    await untilTaken(ask, { token, path: `/v1/vehicles/${vehicle}/fixes`, body: { fixes } });
    taken.push(...fixes);
    await batch(first + fixes.length);
  }
  await batch(0);
  return taken;
}

/** Asks for tasks of all kinds, each under a key until it is taken. */
async function order(ask: Ask, { token, vehicle, random, goOn }: Work): Promise<string[]> {
  const ids: string[] = [];
  async function one(): Promise<void> {
    if (!goOn()) return;
    const look = pick(random, ['look=back&windowSeconds=7200', 'windowSeconds=0.3']);
    const path = `/v1/vehicles/${vehicle}/average-speed-tasks?${look}`;
    const headers = { 'idempotency-key': randomUUID() };
    const { body } = await untilTaken(ask, { token, path, headers });
    ids.push((body as Task).id);
    // A moment, so that no more tasks wait than one user may have.
    await until(async () => (await isOver(ask, token, ids.at(-5))) || undefined, healMsMax);
    await one();
  }
  await one();
  return ids;
}

type Work = { token: string; vehicle: string; random: Random; goOn: () => boolean };
type Sent = { token: string; path: string; body?: object; headers?: Record<string, string> };

async function untilTaken(ask: Ask, { path, ...content }: Sent) {
  const taken = await until(async () => {
    const answer = await ask(`POST ${path}`, content);
    if (answer.status < 500) assert.ok(answer.status < 300, answer.text);
    return answer.status < 300 ? answer : undefined;
  }, healMsMax);
  assert.ok(taken, `${path} was not taken in time`);
  return taken;
}

async function isOver(ask: Ask, token: string, id: string | undefined): Promise<boolean> {
  if (id === undefined) return true;
  const answer = await ask(`GET /v1/tasks/${id}`, { token });
  return answer.status === 200 && (answer.body as Task).endedAt !== undefined;
}

/** Writes down every change of a task, so that one that ends twice is seen. */
async function watchTasks(databaseUrl: string) {
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  await database.query(`
    create table public.ends (id uuid not null, state text not null);
    create function public.note_end() returns trigger language plpgsql as $$
      begin insert into public.ends values (new.id, new.state); return new; end $$;
    create trigger note_end after update on tracking.tasks for each row execute function public.note_end();`);
  return {
    close: () => database.end(),
    async ends(): Promise<string[]> {
      const { rows } = await database.query<{ id: string }>('select id from public.ends');
      return rows.map(({ id }) => id);
    },
  };
}

async function routeOf(ask: Ask, token: string, vehicle: string): Promise<Fix[]> {
  const from = new Date(Date.now() - 7_200_000).toISOString();
  const path = `/v1/vehicles/${vehicle}/route?limit=1000&from=${from}`;
  const page = (cursor: string) => ask(`GET ${path}${cursor}`, { token });
  return readPages<Fix>(page, () => false);
}

test(
  'no fix that was taken is lost, and each task ends once, however often tracking is killed',
  {
    timeout: 120_000,
  },
  async () => {
    const seed = randomInt(2 ** 31);
    const random = seeded(seed);
    const databaseUrl = await freshDatabaseUrl();
    const { door, startTracking } = await start(databaseUrl);
    const ask = client([door.addresses.gateway ?? '']);
    const token = await logInAsStaff(ask);
    await (await startTracking(0, undefined)).kill();
    const watched = await watchTasks(databaseUrl);
    let ends = false;
    const goOn = () => !ends;
    const killing = keepKilling(startTracking, random).then((killed) => {
      ends = true;
      return killed;
    });
    const first = { ...fixNow(), speedMetersPerSecond: 1 };
    await untilTaken(ask, { token, path: '/v1/vehicles/van-1/fixes', body: first });
    const reporting = vehicles.map((vehicle) => report(ask, { token, vehicle, random, goOn }));
    const ordering = order(ask, { token, vehicle: 'van-1', random, goOn });
    const [kills, taken, ids] = await Promise.all([killing, Promise.all(reporting), ordering]);

    const about = `seed ${seed}, ${kills} kills, ${taken.flat().length} fixes, ${ids.length} tasks`;
    assert.ok(taken.every(({ length }) => length > 0) && ids.length > 0, about);
    for (const [i, vehicle] of vehicles.entries()) {
      // oxlint-disable-next-line no-await-in-loop -- a handful of vehicles
      const found = new Set((await routeOf(ask, token, vehicle)).map(placeOf));
      const lost = (taken[i] ?? []).map(placeOf).filter((place) => !found.has(place));
      assert.deepEqual(lost, [], about);
    }
    const open = await Promise.all(
      ids.map((id) => until(async () => (await isOver(ask, token, id)) || undefined, healMsMax)),
    );
    assert.ok(open.every(Boolean), `a task never ended: ${about}`);
    const ended = await watched.ends();
    assert.deepEqual([...ended].toSorted(), [...new Set(ids)].toSorted(), about);
    await watched.close();
  },
);
