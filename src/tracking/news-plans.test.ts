import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { freshTracking, noon } from './fixture.ts';
import { newsStore, sinceStatement, type SinceAsked } from './news-store.ts';

const dayMs = 86_400_000;
const days = 31;
const { database } = await freshTracking();
const run = (text: string) => database.rows<Record<string, string>>({ name: randomUUID(), text });

await run(`insert into tracking.vehicles (id, owner_id)
  select 'v' || n, md5((n % 20)::text)::uuid from generate_series(1, 200) n`);
await run(
  `select tracking.make_day((date '2026-11-20' - n)) from generate_series(0, ${days - 1}) n`,
);
// Every vehicle speaks every two minutes and a half or so, and its fixes come two seconds later.
await run(`insert into tracking.fixes (vehicle, at, latitude, longitude, received_at)
  select 1 + n % 200, t, 52.5, 13.4, t + interval '2 seconds'
  from generate_series(1, 184000) n,
    lateral (select timestamptz '2026-11-20 11:59:00Z' - (184000 - n) * interval '14 seconds' as t) x`);
await run('vacuum analyze tracking.fixes');

const asked: SinceAsked = {
  since: new Date(noon - 120_000),
  from: new Date(noon - 120_000 - days * dayMs),
  ownerId: undefined,
  limit: 10_001,
};

/** What the statement does, and how many blocks it looks at. */
async function lookAt(changes: Partial<SinceAsked>): Promise<{ plan: string; blocks: number }> {
  const { text } = sinceStatement({ ...asked, ...changes }, (type, value) => {
    const given = value instanceof Date ? value.toISOString() : String(value);
    return `'${given}'::${type}`;
  });
  const rows = await run(`explain (analyze, buffers, timing off, summary off) ${text}`);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  const [, hit = '0', read = '0'] =
    /Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?/.exec(plan) ?? [];
  return { plan, blocks: Number(hit) + Number(read) };
}

const anOwner = 'c4ca4238-a0b9-2382-0dcc-509a6f75849b';

for (const ownerId of [undefined, anOwner]) {
  test(`news of the last minutes ${ownerId ? 'of an owner ' : ''}cost little among a month of fixes`, async () => {
    const [{ pages } = {}] = await run(`select sum(relpages)::text as pages
      from pg_class where relname ~ '^fixes_\\d+$'`);
    const { plan, blocks } = await lookAt({ ownerId });
    assert.match(plan, /Bitmap Index Scan on fixes_\d+_received_at_idx/);
    assert.doesNotMatch(plan, /Seq Scan on fixes/);
    // The last range of each day is looked at, because only whole ranges are in the index.
    assert.ok(blocks < Number(pages) / 2, `${blocks} of ${pages}`);
  });
}

test('stops at the limit, however much has come since', async () => {
  const { blocks: few } = await lookAt({ since: new Date(0), limit: 101 });
  assert.ok(few < 500, String(few));
  const rows = await newsStore(database).since({ ...asked, since: new Date(0), limit: 101 });
  assert.equal(rows.length, 101);
});
