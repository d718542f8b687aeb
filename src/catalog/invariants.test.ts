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
    { numRuns: 60 },
  );
});

const damages = {
  'stock that changes without a move': `update catalog.stock set available = available + 1`,
  'a reservation that is lost': `update catalog.stock set reserved = reserved + 1, available = available - 1`,
  'a move that has no stock': `insert into catalog.stock_moves
    (move_id, sku, delta, reason, available_after, fp, at)
    values (gen_random_uuid(), 999999, 1, 'seed', 1, '', now())`,
  'a reservation of what has no stock': `insert into catalog.reservations
    (order_id, purpose, fp, skus, qtys, prices, state, created_at, updated_at)
    values (gen_random_uuid(), 'O', '', '{999999}', '{1}', '{1}', 'A', now(), now())`,
};

for (const [damage, text] of Object.entries(damages)) {
  test(`the audit finds ${damage}`, async () => {
    const { database, addProduct } = await freshCatalog();
    await addProduct();
    assert.deepEqual(await auditCatalog(database), []);

    await database.rows({ name: 'damage', text });
    const violations = await auditCatalog(database);
    assert.deepEqual(
      violations.map(({ invariant }) => invariant),
      ['K1'],
    );
    assert.match(violations[0]?.subject ?? '', /^sku \d+$/);
  });
}

const batchOfAge = (age: string) => `insert into catalog.holds (batch_id, order_ids, created_at)
  values (gen_random_uuid(), array[gen_random_uuid(), gen_random_uuid()], now() - interval '${age}')`;

test('the audit finds a batch that has waited too long for its verdict', async () => {
  const { database } = await freshCatalog();
  await database.rows({ name: 'young', text: batchOfAge('60 s') });
  assert.deepEqual(await auditCatalog(database), []);

  await database.rows({ name: 'old', text: batchOfAge('120 s') });
  const violations = await auditCatalog(database);
  assert.deepEqual(
    violations.map(({ invariant }) => invariant),
    ['K2'],
  );
  assert.match(violations[0]?.detail ?? '', /^2 orders wait since /);
});
