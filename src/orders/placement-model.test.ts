import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { auditCatalog } from '../catalog/invariants.ts';
import type { Violation } from '../platform/audit.ts';
import { AppError } from '../platform/errors.ts';
import { orderIdOf } from './ids.ts';
import { createModel, type Model, type Wish } from './testing-model.ts';
import { gate, type Around } from './testing-faults.ts';
import { freshShop, type Replica, type Told } from './testing-shop.ts';

type Arounds = Partial<Record<Where, Around>>;
type Stoppable = Replica & { arounds: Arounds };
type Real = {
  product: string;
  userId: string;
  replicas: [Stoppable, Stoppable];
  restart: (n: 0 | 1) => void;
  place: (n: 0 | 1, wishes: readonly Wish[]) => Promise<string>[];
  idOf: (key: string) => { id: string };
  /** What dead processes have sent, and has not arrived yet. */
  zombies: (() => Promise<unknown>)[];
};
type Command = fc.AsyncCommand<Model, Real>;
type Where = 'reserve' | 'insertOrders';

const shop = await freshShop();

/** What it came to in a word, also if that is a refusal. */
const orRefusal = (work: Promise<string>): Promise<string> =>
  work.catch((error: unknown) => (error instanceof AppError ? error.code : Promise.reject(error)));

/** Two replicas that can be stopped, a product, and a customer. */
async function openReal(stock: number): Promise<Real> {
  const product = await shop.addProduct(stock);
  const userId = randomUUID();
  const textOf = new Map<string, string>();
  const start = (n: 0 | 1): Stoppable => {
    const arounds: Arounds = {};
    return { arounds, ...shop.replica(n, arounds) };
  };
  const replicas: Real['replicas'] = [start(0), start(1)];

  async function toldOf(placing: Promise<Told>): Promise<string> {
    const { order, text } = await placing;
    if (order.status !== 'confirmed') return order.status;
    // Whoever is told of a confirmed order is told the same as everybody before.
    assert.equal(text, textOf.get(order.id) ?? text);
    textOf.set(order.id, text);
    return order.status;
  }

  return {
    ...{ product, userId, replicas, zombies: [] },
    idOf: (key) => ({ id: orderIdOf(userId, key) }),
    restart(n) {
      replicas[n] = start(n);
    },
    place: (n, wishes) =>
      wishes.map(({ key, quantity }) =>
        orRefusal(toldOf(replicas[n].place({ userId, key, lines: { [product]: quantity } }))),
      ),
  };
}

/** What is wrong with the stock of this product; a run that failed may have left another one behind. */
async function booksOf(product: string): Promise<Violation[]> {
  const violations = await auditCatalog(shop.catalog);
  return violations.filter(({ subject }) => subject.endsWith(product));
}

/** A command, and what must hold after every one. */
function command(name: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    async run(model, real) {
      await run(model, real);
      const looking = [shop.stockOf(real.product), booksOf(real.product)];
      assert.deepEqual(await Promise.all(looking), [model.stock(), []]);
    },
    toString: () => name,
  };
}

const place = (n: 0 | 1, wishes: readonly Wish[]) =>
  command(`place(${n}, ${JSON.stringify(wishes)})`, async (model, real) => {
    const { found, hold } = model.reserve(wishes, model.send(n));
    model.decide(wishes, found);
    model.settle(n, { wishes, found, hold });
    const expected = wishes.map(model.answer);
    assert.deepEqual(await Promise.all(real.place(n, wishes)), expected);
  });

/** The process dies when this was done, or with it all done if there is nothing of this to do. */
const crash = (n: 0 | 1, where: Where, wishes: readonly Wish[]) =>
  command(`crash(${n}, ${where}, ${JSON.stringify(wishes)})`, async (model, real) => {
    const { found } = model.reserve(wishes, model.send(n));
    if (where === 'insertOrders') model.decide(wishes, found);
    model.crash(n);
    const { around, reached } = gate();
    real.replicas[n].arounds[where] = around;
    await Promise.race([reached, Promise.all(real.place(n, wishes))]);
    real.restart(n);
  });

/** The process dies, and what it has sent to catalog arrives whenever `deliver` comes, if ever. */
const postpone = (n: 0 | 1, wishes: readonly Wish[]) =>
  command(`postpone(${n}, ${JSON.stringify(wishes)})`, async (model, real) => {
    const riding = model.send(n);
    model.crash(n);
    const sent = Promise.withResolvers<() => Promise<unknown>>();
    real.replicas[n].arounds.reserve = (work) => {
      sent.resolve(work);
      return new Promise(() => undefined);
    };
    void real.place(n, wishes);
    const arrive = await sent.promise;
    real.zombies.push(async () => {
      model.reserve(wishes, riding);
      await arrive();
    });
    real.restart(n);
  });

const deliver = command('deliver', async (_, real) => real.zombies.shift()?.() as Promise<void>);

const close = (n: 0 | 1, how: 'cancel' | 'fulfil', key: string) =>
  command(`${how}(${n}, ${key})`, async (model, real) => {
    const expected = model.close(key, how === 'cancel' ? 'X' : 'F');
    const closing = real.replicas[n][how](real.idOf(key)).then(({ status }) => status);
    assert.equal(await orRefusal(closing), expected);
  });

const abort = (n: 0 | 1, key: string) =>
  command(`abort(${n}, ${key})`, async (model, real) => {
    const aborting = real.replicas[n].abort(real.userId, key).then(({ outcome }) => outcome);
    assert.equal(await orRefusal(aborting), model.abort(key));
  });

const restock = (quantity: number) =>
  command(`restock(${quantity})`, async (model, real) => {
    model.restock(quantity);
    await shop.restock(real.product, quantity);
  });

const round = (n: 0 | 1, what: 'sweep' | 'relay') =>
  command(`${what}(${n})`, async (model, real) => {
    model[what]();
    await real.replicas[n][what]();
  });

const replicaOf = fc.constantFrom(0 as const, 1 as const);
const keyOf = fc.constantFrom('a', 'b');
const wishesOf = fc.uniqueArray(fc.record({ key: keyOf, quantity: fc.constantFrom(2, 3) }), {
  selector: ({ key }) => key,
  minLength: 1,
  maxLength: 2,
});
const commands: fc.Arbitrary<Command>[] = [
  fc.tuple(replicaOf, wishesOf).map(([n, wishes]) => place(n, wishes)),
  fc.tuple(replicaOf, wishesOf).map(([n, wishes]) => place(n, wishes)),
  fc
    .tuple(replicaOf, fc.constantFrom<Where>('reserve', 'insertOrders'), wishesOf)
    .map(([n, where, wishes]) => crash(n, where, wishes)),
  fc.tuple(replicaOf, wishesOf).map(([n, wishes]) => postpone(n, wishes)),
  fc.constant(deliver),
  fc
    .tuple(replicaOf, fc.constantFrom('cancel' as const, 'fulfil' as const), keyOf)
    .map(([n, how, key]) => close(n, how, key)),
  fc.tuple(replicaOf, keyOf).map(([n, key]) => abort(n, key)),
  fc.integer({ min: 1, max: 4 }).map(restock),
  fc
    .tuple(replicaOf, fc.constantFrom('sweep' as const, 'relay' as const))
    .map(([n, what]) => round(n, what)),
];

test('whatever is done in whatever order, all are told what the model says, and no unit is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(5),
      fc.commands(commands, { maxCommands: 24, size: '+1' }),
      async (stock, all) => {
        // Left behind by a run that failed, of which this is a shorter one.
        const before = await shop.contradictions();
        const [model, real] = [createModel(stock), await openReal(stock)];
        await fc.asyncModelRun(async () => ({ model, real }), all);

        const after = await shop.contradictions();
        assert.deepEqual(
          after.filter((one) => !before.includes(one)),
          [],
        );
        model.sweep();
        model.relay();
        assert.deepEqual(await shop.stockOf(real.product), model.stock());
      },
    ),
    { numRuns: 60 },
  );
});
