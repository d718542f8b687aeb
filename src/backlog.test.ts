import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBacklogWatch } from './backlog.ts';
import { openDatabase, type Queryable } from './platform/database.ts';
import { createMetrics } from './platform/metrics.ts';
import { migrate } from './platform/migrate.ts';
import { until } from './postgres/wait.ts';
import type { ServiceName } from './settings.ts';
import { beforeDrop, freshDatabaseUrl, migrationsOf, silent } from './testing/database.ts';

const url = await freshDatabaseUrl();
const schemas = ['catalog', 'orders', 'tracking'] as const;
await Promise.all(
  schemas.map((schema) => migrate({ schema, directory: migrationsOf(schema), url, log: silent })),
);
const database = openDatabase({
  service: 'watch',
  url,
  connectionsMax: 1,
  log: silent,
  metrics: createMetrics(),
});
beforeDrop(url, database.close);

const does = (name: string, text: string) => database.rows({ name, text });

/** A watch over a service, and what it says in the text of `/metrics`. */
function watch(service: ServiceName, over: Pick<Queryable, 'one'> = database) {
  const metrics = createMetrics();
  const parts = { service, database: over, staleSeconds: 60, metrics, log: silent };
  const watching = openBacklogWatch(parts);
  assert.ok(watching);
  after(watching.close);
  const read = async () =>
    Object.fromEntries(
      [...(await metrics.registry.metrics()).matchAll(/^(bazar_(?:[hov]\w+)\S*) (\S+)$/gm)].map(
        ([, name = '', value]) => [name, Number(value)],
      ),
    );
  /** Looks again and again until it says so. */
  const untilSaid = (isIt: (said: Record<string, number>) => boolean) =>
    until(async () => {
      watching.poke();
      const said = await read();
      return isIt(said) ? said : undefined;
    }, 5_000);
  return { read, untilSaid };
}

const stockNews = 'bazar_outbox_oldest_seconds{service="catalog"}';
const orderNews = 'bazar_outbox_oldest_seconds{service="orders"}';
const holds = 'bazar_holds_oldest_seconds';
const fresh = 'bazar_vehicles{state="fresh"}';
const stale = 'bazar_vehicles{state="stale"}';
const isAbout = (value = NaN, seconds: number) => value >= seconds && value < seconds + 60;

test('says how long the oldest batch and the oldest news of catalog have waited', async () => {
  const { untilSaid } = watch('catalog');
  const empty = await untilSaid((said) => stockNews in said && holds in said);

  await does(
    'batches',
    `insert into catalog.holds (batch_id, order_ids, created_at)
      select gen_random_uuid(), '{}', clock_timestamp() - make_interval(secs => s)
      from unnest(array[5, 200, 7]) s`,
  );
  await does(
    'stockNews',
    `insert into catalog.outbox (kind, sku, available, ver, at)
      select 'low', 1, 1, 1, clock_timestamp() - make_interval(secs => s)
      from unnest(array[100, 50]) s`,
  );
  const full = await untilSaid((said) => said[holds] !== 0 && said[stockNews] !== 0);

  assert.deepEqual(empty, { [stockNews]: 0, [holds]: 0 });
  assert.ok(isAbout(full?.[holds], 200) && isAbout(full?.[stockNews], 100), JSON.stringify(full));
});

test('says how long the oldest news of orders has waited, and no less than nothing', async () => {
  const { untilSaid } = watch('orders');
  const news = (name: string, seconds: number) =>
    does(
      name,
      `insert into orders.outbox (kind, order_ids, at)
        values ('placed', '{}', clock_timestamp() - interval '${seconds} s')`,
    );

  await news('newsOfTheFuture', -300);
  const ofTheFuture = await untilSaid((said) => orderNews in said);
  await does('tellAll', 'delete from orders.outbox');
  await news('oldNews', 100);
  const old = await untilSaid((said) => said[orderNews] !== 0);

  assert.deepEqual(ofTheFuture, { [orderNews]: 0 });
  assert.ok(isAbout(old?.[orderNews], 100), JSON.stringify(old));
});

test('counts vehicles by whether they said lately where they are', async () => {
  const { untilSaid } = watch('tracking');

  await does(
    'drive',
    `with made as (
        insert into tracking.vehicles (id) select 'van-' || i from generate_series(1, 6) i
        returning no, id
      )
      insert into tracking.states (vehicle, at, latitude, longitude, received_at)
      select no, clock_timestamp() - case when id < 'van-3' then interval '10 s' else
          interval '90 s' end, 52.5, 13.4, clock_timestamp()
      from made where id <> 'van-6'`,
  );

  assert.deepEqual(await untilSaid((said) => said[fresh] === 2 && said[stale] === 3), {
    [fresh]: 2,
    [stale]: 3,
  });
});

test('says nothing at all of what waits while the database does not answer', async () => {
  let isAway = true;
  const { read, untilSaid } = watch('catalog', {
    async one<Row>() {
      if (isAway) throw new Error('away');
      return { outboxSeconds: 0, holdsSeconds: 0 } as Row;
    },
  });
  const atFirst = await read();
  isAway = false;
  const here = await untilSaid((said) => stockNews in said && holds in said);
  isAway = true;
  const away = await untilSaid((said) => !(stockNews in said || holds in said));

  assert.deepEqual([atFirst, here, away], [{}, { [stockNews]: 0, [holds]: 0 }, {}]);
});
