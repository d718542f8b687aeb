import type { Database, Statement } from '../platform/database.ts';
import { fingerprint, keyedId } from '../platform/idempotency.ts';
import { titleKey, topicKey } from './text.ts';

type Seed = readonly [
  id: string,
  title: string,
  topic: string,
  unitPriceCents: number,
  quantity: number,
  description: string,
];

const systems = 'distributed systems';
const school = 'undergraduate school';
const life = 'college life';

/** A small shop to look at: books, electronics and food. */
const seeds: readonly Seed[] = [
  [
    '1',
    'How to get a good grade in DOS in 40 minutes a day',
    systems,
    5_000,
    10,
    'Short lessons on distributed operating systems, for people with little time.',
  ],
  [
    '2',
    'RPCs for Noobs',
    systems,
    5_000,
    10,
    'Calling a function on another machine, and what happens when nobody answers.',
  ],
  [
    '3',
    'Xen and the Art of Surviving Undergraduate School',
    school,
    2_500,
    10,
    'Calm advice for four loud years.',
  ],
  [
    '4',
    'Cooking for the Impatient Undergrad',
    school,
    7_500,
    10,
    'Good meals from one pot, in less time than an order takes to arrive.',
  ],
  [
    '5',
    'How to finish Project 3 on time',
    systems,
    3_000,
    10,
    'Start early, test the replicas first, and sleep before the deadline.',
  ],
  [
    '6',
    'Why theory classes are so hard',
    school,
    3_500,
    10,
    'Proofs, explained by somebody who failed the first exam.',
  ],
  [
    '7',
    'Spring in the Pioneer Valley',
    life,
    2_000,
    10,
    'Walks, rivers and farm stands around Amherst.',
  ],
  ['P001', 'Laptop', 'electronics', 99_999, 50, 'Light, quiet, and awake for a whole working day.'],
  [
    'P002',
    'Wireless Mouse',
    'electronics',
    2_999,
    200,
    'Fits either hand and runs a year on one battery.',
  ],
  ['P003', 'USB-C Cable', 'electronics', 1_599, 500, 'Two metres for charging and data.'],
  ['P004', 'Mechanical Keyboard', 'electronics', 14_999, 30, 'Firm keys with a friendly click.'],
  ['pizza', 'Pizza', 'food', 1_050, 1_000, 'Tomato, mozzarella and basil from a hot stone oven.'],
  ['kebab', 'Kebab', 'food', 800, 1_000, 'Warm bread, grilled meat, salad and a garlic sauce.'],
];

// Whoever comes second waits for the first one's rows, and then adds nothing.
const seedProducts: Statement = {
  name: 'seedProducts',
  text: `with wanted as (
      select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
        $7::bigint[], $8::bigint[], $9::uuid[], $10::bytea[])
        w(id, title, title_key, topic, topic_key, description, price_cents, quantity, move_id, fp)
    ), product as (
      insert into catalog.products (id, title, title_key, topic, topic_key, description, version,
        created_at, updated_at)
      select id, title, title_key, topic, topic_key, description, 1, now(), now()
      from wanted where not exists (select from catalog.products)
      on conflict do nothing
      returning id, sku
    ), stocked as (
      insert into catalog.stock (sku, available, reserved, price_cents, ver, updated_at)
      select sku, quantity, 0, price_cents, 1, now() from product join wanted using (id)
    ), moved as (
      insert into catalog.stock_moves (move_id, sku, delta, reason, available_after, fp, at)
      select move_id, sku, quantity, 'seed', quantity, fp, now() from product join wanted using (id)
      on conflict do nothing
    )
    select id from product`,
};

const column = <Value>(value: (seed: Seed) => Value) => seeds.map((seed) => value(seed));

/** Fills an empty catalog; says how many products it added. */
export async function seedCatalog({ database }: { database: Database }): Promise<number> {
  const rows = await database.rows(seedProducts, [
    column(([id]) => id),
    column(([, title]) => title),
    column(([, title]) => titleKey(title)),
    column(([, , topic]) => topic),
    column(([, , topic]) => topicKey(topic)),
    column((seed) => seed[5]),
    column((seed) => seed[3]),
    column((seed) => seed[4]),
    column(([id]) => keyedId({ actor: { name: 'seed' }, operation: 'seedCatalog', key: id })),
    column((seed) => fingerprint(...seed)),
  ]);
  return rows.length;
}
