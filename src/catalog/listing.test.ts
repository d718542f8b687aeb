import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callBy } from '../testing/call.ts';
import { sorts, type Product, type Sort } from './api.ts';
import { atOnce, freshCatalog } from './fixture.ts';

const { catalog, addProduct } = await freshCatalog();

type Query = Parameters<typeof catalog.listProducts>[0];

async function find(query: Query): Promise<string[]> {
  const { items } = await catalog.listProducts({ limit: 100, ...query }, callBy());
  return items.map(({ id }) => id);
}

/** All pages; between two of them something may happen. */
async function walk(query: Query, between: () => Promise<unknown>): Promise<Product[]> {
  const { items, nextCursor } = await catalog.listProducts(query, callBy());
  if (!nextCursor) return items;
  await between();
  return [...items, ...(await walk({ ...query, cursor: nextCursor }, between))];
}

test('a topic is found whole and in any case, and filters combine', async () => {
  await addProduct({ id: 'f1', topic: 'Fine Art', title: 'Blue horse', quantity: 0 });
  await addProduct({ id: 'f2', topic: 'fine art', title: 'Red horse' });
  await addProduct({ id: 'f3', topic: 'Fine', title: 'Red cow' });

  assert.deepEqual(await find({ topic: 'FINE ART' }), ['f1', 'f2']);
  assert.deepEqual(await find({ topic: 'ｆｉｎｅ art' }), ['f1', 'f2']);
  assert.deepEqual(await find({ topic: 'fine' }), ['f3']);
  assert.deepEqual(await find({ topic: 'fine art', inStock: true }), ['f2']);
  assert.deepEqual(await find({ topic: 'fine art', q: 'red' }), ['f2']);
  assert.deepEqual(await find({ topic: 'fine art', q: 'red', inStock: true }), ['f2']);
  assert.deepEqual(await find({ topic: 'fine art', q: 'blue', inStock: true }), []);
  assert.deepEqual(await find({ topic: 'no such topic' }), []);
});

test('text is found in title, topic and description, the title counting most', async () => {
  await addProduct({ id: 't1', title: 'Plain', topic: 'x', description: 'Some huge walruses.' });
  await addProduct({ id: 't2', title: 'Walrus', topic: 'x' });
  await addProduct({ id: 't3', title: 'Other', topic: 'Walrus' });
  await addProduct({ id: 't4', title: 'Nothing', topic: 'x' });

  assert.deepEqual(await find({ q: 'walrus' }), ['t2', 't3', 't1']);
  assert.deepEqual(await find({ q: 'Walruses', sort: 'title' }), ['t3', 't1', 't2']);
  assert.deepEqual(await find({ q: 'walrus -topic' }), ['t2', 't3', 't1']);
  assert.deepEqual(await find({ q: 'walrus -plain' }), ['t2', 't3']);
  assert.deepEqual(await find({ q: 'plain or nothing' }), ['t1', 't4']);
  assert.deepEqual(await find({ q: '"huge walrus"' }), ['t1']);
  assert.deepEqual(await find({ q: '' }), []);
});

test('a word is found from its first letters on, however it is stemmed', async () => {
  await addProduct({ id: 'w1', title: 'Cooking for the Hasty', topic: 'xylophones' });
  const title = 'cooking for the hasty';

  const beginnings = Array.from(title, (_, i) => title.slice(0, i + 1)).filter((q) => q.length > 1);
  const found = await Promise.all(beginnings.map((q) => find({ q, topic: 'xylophones' })));
  assert.deepEqual(
    beginnings.filter((_, i) => found[i]?.[0] !== 'w1'),
    [],
  );
  assert.deepEqual(await find({ q: 'xylo' }), ['w1']);
  assert.deepEqual(await find({ q: 'ooking', topic: 'xylophones' }), []);
});

test('sorts by title without case, by price both ways, and by age', async () => {
  const topic = 'sorting';
  await addProduct({ id: 's1', topic, title: 'banana', unitPriceCents: 300 });
  await addProduct({ id: 's2', topic, title: 'Apple', unitPriceCents: 100 });
  await addProduct({ id: 's3', topic, title: 'Cherry', unitPriceCents: 200 });

  assert.deepEqual(await find({ topic }), ['s2', 's1', 's3']);
  assert.deepEqual(await find({ topic, sort: 'price' }), ['s2', 's3', 's1']);
  assert.deepEqual(await find({ topic, sort: '-price' }), ['s1', 's3', 's2']);
  assert.deepEqual(await find({ topic, sort: 'newest' }), ['s3', 's2', 's1']);
  const lost = catalog.listProducts({ topic, sort: 'relevance' }, callBy());
  await assert.rejects(lost, { code: 'invalid' });
});

for (const sort of sorts) {
  test(`pages by ${sort} show every product once while others are added`, async () => {
    const topic = `pages by ${sort}`;
    // Many equal keys and long, strange titles: what a cursor stumbles over.
    const titles = [
      'Twin paper',
      '"\u0001\\paper'.repeat(20),
      '纸 paper '.repeat(20),
      'ﷺ paper '.repeat(20),
    ];
    const add = (i: number) =>
      addProduct({ topic, title: titles[i % 4] ?? '', unitPriceCents: (i % 3) * 100 });
    const before = await Promise.all(atOnce(23, add));

    let added = 0;
    const query: Query = { topic, sort, limit: 4, ...(sort === 'relevance' && { q: 'pap' }) };
    const seen = (await walk(query, () => add((added += 1)))).map(({ id }) => id);
    assert.equal(new Set(seen).size, seen.length);
    assert.deepEqual(
      before.filter(({ id }) => !seen.includes(id)),
      [],
    );
    assert.ok(added >= 5);
  });
}

test('a cursor fits only the list that it comes from', async () => {
  const topic = 'cursors';
  await Promise.all(atOnce(3, () => addProduct({ topic, title: 'Paper' })));
  const { nextCursor: cursor = '' } = await catalog.listProducts({ topic, limit: 1 }, callBy());

  const others: Query[] = [
    { topic: 'other', cursor },
    { topic, sort: 'price', cursor },
    { topic, inStock: true, cursor },
    { topic, q: 'paper', sort: 'title', cursor },
    { topic, cursor: `${cursor.slice(0, -2)}AA` },
    { topic, cursor: '' },
  ];
  const results = await Promise.allSettled(
    others.map((query) => catalog.listProducts(query, callBy())),
  );
  assert.ok(
    results.every((result) => result.status === 'rejected' && result.reason.code === 'invalid'),
  );
  assert.equal((await find({ topic: 'CURSORS', cursor })).length, 2);
});

test('every combination of filters and sorts is a statement that works', async () => {
  const topic = 'combinations';
  await Promise.all(atOnce(3, () => addProduct({ topic, title: 'Combined paper' })));
  const flags = [false, true];
  const queries = sorts.flatMap((sort: Sort) =>
    flags.flatMap((inStock) =>
      flags.flatMap((byTopic): Query[] =>
        [{}, { q: 'combined pap' }, { q: '"combined paper"' }].map((search) =>
          Object.assign(search, { sort, inStock, limit: 2 }, byTopic && { topic }),
        ),
      ),
    ),
  );
  const valid = queries.filter(({ sort, q }) => sort !== 'relevance' || q);

  const pages = await Promise.all(valid.map((query) => walk(query, async () => undefined)));
  assert.equal(valid.length, 56);
  for (const [i, products] of pages.entries()) {
    const ours = products.filter((product) => product.topic === topic);
    assert.equal(ours.length, 3, JSON.stringify(valid[i]));
  }
});

/** What SQL, LIKE and text search give a meaning to; two blanks stand between them. */
const signs =
  String.raw`' or 1=1  '; drop table catalog.products; --  %  _  \  \'  ''  "  ""  "a  :*  a:*
  a:*b  a':*  !  !!  !a  (  )  ((a  &  |  &|  a & b  a &  a | b  ||  <->  a <->  a <2> b  -  --  -a  - a
  or  a or  or or  *  a*  $1  $$  {  [a  ٣:*  ½  🍕  é  ÉCOLE  ,  ;  http://a/b?c=d  a@b.c  1e400
  -1.5e-7  <b>x</b>  /usr/bin  &amp;  a\b  a\\  %s  %27  0x41  null  --a'  E'\\'`
    .split(/\s{2,}/)
    .concat(['\t\n', '\u0001', '\u0301', 'a\u0301', '\u202e', 'x'.repeat(100)]);

test('signs that mean something to SQL and to text search mean nothing here', async () => {
  const topic = 'it\'s 100% "odd" \\ _ ; -- /* (topic) :* ! & | <->';
  await addProduct({ id: 'odd', topic, title: 'Odd one' });
  const found = await Promise.all([
    ...signs.map((q) => find({ q, topic: 'no such topic' })),
    ...signs.map((text) => find({ topic: text })),
  ]);
  assert.deepEqual(found.flat(), []);
  await Promise.all(signs.map((q) => find({ q: `odd ${q}` })));
  assert.deepEqual(await find({ topic }), ['odd']);
  assert.deepEqual(await find({ q: "odd' or 1=1 --" }), await find({ q: 'odd or 1=1' }));
});
