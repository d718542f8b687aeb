import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { callBy, callByStaff } from '../testing/call.ts';
import { refusal } from '../users/fixture.ts';
import { fixAt, freshTracking, noon } from './fixture.ts';
import { createNews } from './news.ts';

const byGateway = callBy({ kind: 'service', name: 'gateway' });
const timeAt = (seconds: number): string => new Date(noon + seconds * 1_000).toISOString();
const daySeconds = 86_400;

/** Vehicles whose fixes came when a test says so. */
async function freshNews() {
  const { database, parts, drive } = await freshTracking();
  const { listNews } = createNews(parts);

  type Came = { at: number; cameAt: number };
  async function receive(id: string, came: readonly Came[], ownerId?: string): Promise<void> {
    const no = await drive(
      id,
      came.map(({ at }) => fixAt(at)),
      ownerId,
    );
    const ats = came.map(({ at }) => timeAt(at));
    const cameAts = came.map(({ cameAt }) => timeAt(cameAt));
    const tables = ['fixes', 'states'];
    await Promise.all(
      tables.map((table) =>
        database.rows(
          {
            name: `${table}Came`,
            text: `update tracking.${table} f set received_at = g.came_at
              from unnest($2::timestamptz[], $3::timestamptz[]) as g (at, came_at)
              where f.vehicle = $1::int and f.at = g.at`,
          },
          [no, ats, cameAts],
        ),
      ),
    );
  }

  async function told(asked: Parameters<typeof listNews>[0]) {
    const { items, isWhole } = await listNews(asked, byGateway);
    const seconds = (timestamp: string) => (Date.parse(timestamp) - noon) / 1_000;
    return {
      items: items.map(({ vehicleId, timestamp }) => `${vehicleId} ${seconds(timestamp)}`),
      isWhole,
    };
  }

  return { listNews, receive, told };
}

test('without a time it tells the newest fix of each vehicle, those that came last first', async () => {
  const { receive, told } = await freshNews();
  await receive('a', [
    { at: -50, cameAt: 9 },
    { at: 1, cameAt: 1 },
  ]);
  await receive('b', [{ at: -90, cameAt: 3 }]);
  await receive('c', [{ at: 2, cameAt: 2 }]);
  await receive('parked', []);

  assert.deepEqual(await told({}), { items: ['b -90', 'c 2', 'a 1'], isWhole: true });
  assert.deepEqual(await told({ limit: 3 }), { items: ['b -90', 'c 2', 'a 1'], isWhole: true });
  assert.deepEqual(await told({ limit: 2 }), { items: ['b -90', 'c 2'], isWhole: false });
});

test('tells all that has come since a time, in the order of when it was', async () => {
  const { receive, told } = await freshNews();
  await receive('a', [
    { at: 1, cameAt: 9 },
    { at: 3, cameAt: 10 },
    { at: 5, cameAt: 10.001 },
  ]);
  await receive('b', [
    { at: 2, cameAt: 30 },
    { at: 6, cameAt: 20 },
  ]);

  const since = timeAt(10);
  const all = ['b 2', 'a 3', 'a 5', 'b 6'];
  assert.deepEqual(await told({ since }), { items: all, isWhole: true });
  assert.deepEqual(await told({ since, limit: 4 }), { items: all, isWhole: true });
  assert.deepEqual(await told({ since: timeAt(31) }), { items: [], isWhole: true });
});

test('if more has come than may be told, it tells where everybody is who said so since', async () => {
  const { receive, told } = await freshNews();
  await receive('quiet', [{ at: 0, cameAt: 0 }]);
  await receive('a', [
    { at: 1, cameAt: 11 },
    { at: 2, cameAt: 12 },
  ]);
  await receive('b', [
    { at: 1, cameAt: 13 },
    { at: 3, cameAt: 14 },
  ]);

  const since = timeAt(10);
  assert.deepEqual(await told({ since, limit: 3 }), { items: ['b 3', 'a 2'], isWhole: false });
  assert.deepEqual(await told({ since, limit: 1 }), { items: ['b 3'], isWhole: false });
});

test('a fix that came as late as can be is news like any other', async () => {
  const { receive, told } = await freshNews();
  await receive('late', [{ at: 10 - 31 * daySeconds, cameAt: 10 }]);
  assert.deepEqual((await told({ since: timeAt(10) })).items, [`late ${10 - 31 * daySeconds}`]);
});

test('tells of one owner only, if asked to, and says whose each vehicle is', async () => {
  const { listNews, receive, told } = await freshNews();
  const ann = randomUUID();
  await receive('hers', [{ at: 1, cameAt: 1 }], ann);
  await receive('foreign', [{ at: 2, cameAt: 2 }], randomUUID());
  await receive('nobodys', [{ at: 3, cameAt: 3 }]);

  assert.deepEqual(await told({ ownerId: ann }), { items: ['hers 1'], isWhole: true });
  const since = timeAt(0);
  assert.deepEqual(await told({ since, ownerId: ann, limit: 1 }), {
    items: ['hers 1'],
    isWhole: true,
  });
  const { items } = await listNews({ since }, byGateway);
  assert.deepEqual(items[0], { vehicleId: 'hers', ownerId: ann, ...fixAt(1) });
  assert.deepEqual(items[2], { vehicleId: 'nobodys', ...fixAt(3) });
});

test('is for services only, and takes no time that is none', async () => {
  const { listNews } = await freshNews();
  await assert.rejects(listNews({}, callBy()), refusal('unauthorized'));
  await assert.rejects(listNews({}, callByStaff()), refusal('forbidden'));
  await assert.rejects(
    listNews({ since: '2026-02-30T00:00:00Z' }, byGateway),
    refusal('invalid', '/since'),
  );
});
