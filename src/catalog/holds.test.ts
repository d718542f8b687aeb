import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { callBy, callByStaff } from '../testing/call.ts';
import { atOnce, freshCatalog } from './fixture.ts';

const { catalog, database, addProduct } = await freshCatalog();

type Lines = Parameters<typeof catalog.createHold>[0]['lines'];

const hold = (lines: Lines, call = callByStaff()) =>
  catalog.createHold({ lines, idempotencyKey: randomUUID() }, call);
const release = (id: string) => catalog.releaseHold({ id }, callByStaff());

async function stockOf(id: string): Promise<number[]> {
  const { available, reserved } = await catalog.getProduct({ id }, callBy());
  return [available, reserved];
}

test('a release gives the stock back once, however many ask', async () => {
  const { id } = await addProduct();
  const made = await hold([{ productId: id, quantity: 4 }]);
  const other = await hold([{ productId: id, quantity: 3 }]);

  const results = await Promise.all(atOnce(20, () => release(made.id)));
  for (const result of results) assert.deepEqual(result, { ...made, state: 'released' });
  assert.deepEqual(await release(made.id), { ...made, state: 'released' });
  assert.deepEqual(await stockOf(id), [7, 3]);
  assert.equal((await catalog.getHold({ id: other.id }, callByStaff())).state, 'active');
});

test('a repeated request for a hold that was released does not hold again', async () => {
  const { id } = await addProduct();
  const call = callByStaff();
  const input = { lines: [{ productId: id, quantity: 4 }], idempotencyKey: randomUUID() };
  const made = await catalog.createHold(input, call);
  await release(made.id);

  assert.equal((await catalog.createHold(input, call)).state, 'released');
  assert.deepEqual(await stockOf(id), [10, 0]);
});

test('a reservation of an order is not a hold', async () => {
  const { id } = await addProduct();
  const made = await hold([{ productId: id, quantity: 4 }]);
  const text = `update catalog.reservations set purpose = 'O' where order_id = '${made.id}'`;
  await database.rows({ name: 'becomeAnOrder', text });

  await assert.rejects(catalog.getHold({ id: made.id }, callByStaff()), { code: 'notFound' });
  await assert.rejects(release(made.id), { code: 'notFound' });
  await assert.rejects(release(randomUUID()), { code: 'notFound' });
  assert.deepEqual(await stockOf(id), [6, 4]);
  const { items } = await catalog.listHolds({ limit: 100 }, callByStaff());
  assert.equal(
    items.some((item) => item.id === made.id),
    false,
  );
});

/** When each active hold was made, and its id. */
async function allActive(cursor?: string): Promise<string[]> {
  const page = await catalog.listHolds({ limit: 2, ...(cursor && { cursor }) }, callByStaff());
  const seen = page.items.map((item) => `${item.createdAt} ${item.id}`);
  return page.nextCursor ? [...seen, ...(await allActive(page.nextCursor))] : seen;
}

test('active holds are listed page by page, newest first', async () => {
  const { id } = await addProduct({ quantity: 100 });
  const made = await Promise.all(atOnce(7, () => hold([{ productId: id, quantity: 1 }])));
  const [released, ...active] = made;
  await release(released?.id ?? '');

  const seen = await allActive();
  assert.deepEqual(seen, seen.toSorted().toReversed());
  assert.equal(new Set(seen).size, seen.length);
  const ours = active.map((item) => `${item.createdAt} ${item.id}`);
  assert.ok(ours.every((item) => seen.includes(item)));
  assert.ok(!seen.some((item) => item.endsWith(released?.id ?? '')));
});
