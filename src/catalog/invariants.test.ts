import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { AppError } from '../platform/errors.ts';
import { callByStaff } from '../testing/call.ts';
import { freshCatalog } from './fixture.ts';
import { auditCatalog } from './invariants.ts';

type Catalog = Awaited<ReturnType<typeof freshCatalog>>;

const step = fc.oneof(
  fc.record({ do: fc.constant('move'), delta: fc.integer({ min: -12, max: 12 }), on: fc.nat(2) }),
  fc.record({
    do: fc.constant('hold'),
    lines: fc.array(fc.record({ on: fc.nat(2), quantity: fc.integer({ min: 1, max: 6 }) }), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  fc.record({ do: fc.constant('release'), which: fc.nat(20) }),
  fc.record({ do: fc.constant('price'), on: fc.nat(2), cents: fc.nat(500) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Does one step; a refusal is as good as a success here. */
async function take(taken: Step, { catalog }: Catalog, known: { ids: string[]; holds: string[] }) {
  const call = callByStaff();
  const idempotencyKey = randomUUID();
  const id = (on: number) => known.ids[on] ?? '';
  if ('delta' in taken) {
    const move = { id: id(taken.on), delta: taken.delta, reason: 'correction' as const };
    return catalog.addStockMove({ ...move, idempotencyKey }, call);
  }
  if ('lines' in taken) {
    const lines = taken.lines.map(({ on, quantity }) => ({ productId: id(on), quantity }));
    const hold = await catalog.createHold({ lines, idempotencyKey }, call);
    return known.holds.push(hold.id);
  }
  if ('which' in taken) {
    const holdId = known.holds[taken.which % Math.max(known.holds.length, 1)];
    return catalog.releaseHold({ id: holdId ?? randomUUID() }, call);
  }
  const { version } = await catalog.getProduct({ id: id(taken.on) }, call);
  return catalog.changeProduct(
    { id: id(taken.on), ifMatch: version, unitPriceCents: taken.cents },
    call,
  );
}

async function takeQuietly(...args: Parameters<typeof take>): Promise<void> {
  await take(...args).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
  });
}

test('whatever moves, holds and releases come in whatever order, stock adds up', async () => {
  const fixture = await freshCatalog();
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 25 }),
      fc.boolean(),
      async (steps, crowd) => {
        const made = await Promise.all(
          [0, 5, 20].map((quantity) => fixture.addProduct({ quantity })),
        );
        const known = { ids: made.map(({ id }) => id), holds: [] };
        if (crowd) {
          const work = Promise.all(steps.map((one) => takeQuietly(one, fixture, known)));
          assert.deepEqual((await fixture.auditDuring(work)).violations, []);
          return;
        }
        for (const one of steps) {
          // oxlint-disable-next-line no-await-in-loop -- the order is the point
          await takeQuietly(one, fixture, known);
        }
        assert.deepEqual(await auditCatalog(fixture.database), []);
      },
    ),
    { numRuns: 40 },
  );
});

const { database, addProduct } = await freshCatalog();

async function violationsOf(subject: string): Promise<string[]> {
  const violations = await auditCatalog(database);
  return violations.filter((one) => one.subject === subject).map(({ invariant }) => invariant);
}

const damages: Record<string, (sku: number) => string> = {
  'stock that changes without a move': (sku) =>
    `update catalog.stock set available = available + 1 where sku = ${sku}`,
  'a reservation that is lost': (sku) =>
    `update catalog.stock set reserved = reserved + 1, available = available - 1 where sku = ${sku}`,
  'moves that have no stock': (sku) => `delete from catalog.stock where sku = ${sku}`,
  'a reservation that took no stock': (sku) => reserveText(sku, randomUUID()),
};

function reserveText(sku: number, orderId: string, at = 'now()'): string {
  return `insert into catalog.reservations
    (order_id, purpose, fp, skus, qtys, prices, state, created_at, updated_at)
    values ('${orderId}', 'O', '', '{${sku}}', '{1}', '{1}', 'A', ${at}, now())`;
}

async function damage(id: string, textFor: (sku: number) => string): Promise<void> {
  const text = 'select sku from catalog.products where id = $1::text';
  const product = await database.one<{ sku: number }>({ name: 'skuOf', text }, [id]);
  await database.rows({ name: randomUUID(), text: textFor(product?.sku ?? 0) });
}

for (const [what, textFor] of Object.entries(damages)) {
  test(`the audit finds ${what}`, async () => {
    const { id } = await addProduct();
    assert.deepEqual(await violationsOf(`product ${id}`), []);

    await damage(id, textFor);
    assert.deepEqual(await violationsOf(`product ${id}`), ['K1']);
  });
}

test('names the newest orders that have reserved what does not add up', async () => {
  const { id } = await addProduct();
  const orderIds = Array.from({ length: 7 }, () => randomUUID());
  for (const [i, orderId] of orderIds.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- a handful of them
    await damage(id, (sku) => reserveText(sku, orderId, `now() - interval '${i} s'`));
  }

  const found = await auditCatalog(database);
  const newest = orderIds.slice(0, 5).map((orderId) => `order ${orderId}`);
  assert.equal(
    found.find(({ subject }) => subject === `product ${id}`)?.detail,
    `available 10, reserved 0; active reservations 7, moves 10; newest: ${newest.join(', ')}`,
  );
});

test('the audit finds a batch that has waited too long for its verdict', async () => {
  const product = await addProduct();
  const [young, old, orderId] = [randomUUID(), randomUUID(), randomUUID()];
  await damage(product.id, (sku) => reserveText(sku, orderId));
  const text = `insert into catalog.holds (batch_id, order_ids, created_at) values
    ('${young}', array[gen_random_uuid()], now() - interval '60 s'),
    ('${old}', array['${orderId}'::uuid], now() - interval '120 s')`;
  await database.rows({ name: 'batches', text });

  assert.deepEqual(await violationsOf(`batch ${young}`), []);
  assert.deepEqual(await violationsOf(`batch ${old}`), ['K2']);
  const found = await auditCatalog(database);
  const waits = found.find(({ subject }) => subject === `batch ${old}`)?.detail ?? '';
  assert.match(waits, /^has waited for 12\d s; orders \(1\): /);
  assert.ok(waits.endsWith(`: ${orderId}; products: ${product.id}`));
  const patient = await auditCatalog(database, 90);
  assert.ok(patient.every(({ invariant }) => invariant === 'K1'));
});
