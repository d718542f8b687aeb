import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { freshTracking } from './fixture.ts';
import { areaOf } from './places.ts';
import { pageStatement, type VehiclePage } from './vehicle-store.ts';

const { database } = await freshTracking();
const run = (text: string) => database.rows({ name: randomUUID(), text });

await run(`with v as (
    insert into tracking.vehicles (id, owner_id)
    select 'v' || lpad(n::text, 5, '0'), md5((n % 200)::text)::uuid from generate_series(1, 20000) n
    returning no)
  insert into tracking.states (vehicle, at, latitude, longitude, received_at)
  select no, now(), no % 170 - 85 + no / 40000.0, no * 7 % 360 - 180 + no / 40000.0, now() from v`);
await run('analyze tracking.vehicles');
await run('analyze tracking.states');

const anOwner = 'c4ca4238-a0b9-2382-0dcc-509a6f75849b';

/** The plans for any values, which is what a prepared statement ends up with, and for these. */
async function plansOf(page: Partial<VehiclePage>): Promise<string[]> {
  const values: unknown[] = [];
  const whole = { area: undefined, after: undefined, limit: 21, ...page };
  const { text } = pageStatement(whole, (type, value) => {
    return `$${values.push(typeof value === 'string' ? `'${value}'` : value)}::${type}`;
  });
  const explain = (mode: string) =>
    database.transaction(async (transaction) => {
      const ask = (statement: string) =>
        transaction.rows<{ 'QUERY PLAN': string }>({ name: randomUUID(), text: statement });
      await ask(`set local plan_cache_mode = ${mode}`);
      await ask(`prepare page as ${text}`);
      const lines = await ask(`explain execute page (${values.join(', ')})`);
      await ask('deallocate page');
      return lines.map((line) => line['QUERY PLAN']).join('\n');
    });
  return Promise.all([explain('force_generic_plan'), explain('force_custom_plan')]);
}

const areas = {
  'a box': areaOf({ box: '13,52,14,53' }),
  'a box across the date line': areaOf({ box: '179.5,10,-179.5,11' }),
  'the surroundings of a point': areaOf({ near: '52.5,13.4', radiusMeters: 5_000 }),
  'the surroundings of a point at the date line': areaOf({ near: '52.5,180' }),
};

for (const [what, area] of Object.entries(areas)) {
  test(`among many vehicles ${what} is found through the index on places`, async () => {
    assert.ok(area);
    const after = area.circle ? undefined : 'v00500';
    for (const plan of await plansOf({ area, after })) {
      assert.match(plan, /Index (?:Only )?Scan (?:using|on) states_by_place/);
      assert.doesNotMatch(plan, /Seq Scan/);
    }
  });
}

test('a page of all vehicles, or of one owner, reads an index in its order and stops early', async () => {
  const [all, owned] = await Promise.all([
    plansOf({ after: 'v00500' }),
    plansOf({ after: 'v00500', ownerId: anOwner }),
  ]);
  for (const plan of all) assert.match(plan, /vehicles_id_key/);
  for (const plan of owned) assert.match(plan, /vehicles_by_owner/);
  for (const plan of [...all, ...owned]) assert.doesNotMatch(plan, /Seq Scan/);
});
