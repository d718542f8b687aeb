import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { freshDatabase } from '../testing/database.ts';
import { pageStatement, type PageOf } from './product-pages.ts';
import { searchText } from './text.ts';

const database = await freshDatabase('catalog');
await database.rows({
  name: 'manyProducts',
  text: `with p as (
      insert into catalog.products (id, title, title_key, topic, topic_key, description, version,
        created_at, updated_at)
      select 'p' || i, 'Thing number' || i || ' of kind' || i % 500, 'thing ' || i,
        'Topic ' || i % 100, 'topic ' || i % 100, 'It is like any other thing.', 1, now(), now()
      from generate_series(1, 20000) i
      returning sku)
    insert into catalog.stock select sku, 5, 0, sku % 1000, 1, now() from p`,
});
await database.rows({ name: 'settleProducts', text: 'vacuum analyze catalog.products' });
await database.rows({ name: 'settleStock', text: 'vacuum analyze catalog.stock' });

const plainPage: PageOf = {
  sort: 'title',
  topicKey: undefined,
  search: undefined,
  inStock: false,
  after: undefined,
  limit: 21,
};

/** The plan that serves any values, which is what a prepared statement ends up with. */
async function planOf(page: Partial<PageOf>): Promise<string> {
  const values: unknown[] = [];
  const { text } = pageStatement({ ...plainPage, ...page }, (type, value) => {
    return `$${values.push(typeof value === 'string' ? `'${value}'` : value)}::${type}`;
  });
  return database.transaction(async (transaction) => {
    await transaction.rows({
      name: 'anyValues',
      text: 'set local plan_cache_mode = force_generic_plan',
    });
    await transaction.rows({ name: randomUUID(), text: `prepare page as ${text}` });
    const explain = `explain execute page (${values.join(', ')})`;
    const lines = await transaction.rows<{ 'QUERY PLAN': string }>({
      name: randomUUID(),
      text: explain,
    });
    await transaction.rows({ name: randomUUID(), text: 'deallocate page' });
    return lines.map((line) => line['QUERY PLAN']).join('\n');
  });
}

const sorts = ['title', 'price', '-price', 'newest', 'relevance'] as const;

for (const sort of sorts) {
  test(`a search sorted by ${sort} goes through the text index`, async () => {
    const plans = await Promise.all(
      ['kind77', 'kind4', '"of kind77"', 'thing -kind77'].map((q) =>
        planOf({ sort, search: searchText(q), topicKey: 'topic 7', inStock: true }),
      ),
    );
    for (const plan of plans) {
      assert.match(plan, /Bitmap Index Scan on products_by_text/);
      assert.doesNotMatch(plan, /Seq Scan/);
    }
  });
}

test('pages by title and by topic read an index in its order and stop early', async () => {
  const plans = await Promise.all([
    planOf({ sort: 'title', after: ['thing 5', 5] }),
    planOf({ sort: 'title', topicKey: 'topic 7', after: ['thing 5', 5] }),
    planOf({ sort: 'newest', after: [10_000, 10_000] }),
  ]);

  for (const plan of plans) assert.doesNotMatch(plan, /Seq Scan|Offset/);
  assert.match(plans[0] ?? '', /products_by_title/);
  assert.match(plans[1] ?? '', /products_by_topic/);
});
