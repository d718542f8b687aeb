import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Product } from '../src/catalog/api.ts';
import type { Order, Step } from '../src/orders/shapes.ts';
import { until } from '../src/postgres/wait.ts';
import {
  expectProblem,
  expectStatus,
  type Answer,
  type Ask,
  type Content,
} from '../src/testing/http.ts';
import { inBothShapes } from '../src/testing/shapes.ts';
import { addProduct, keyed, readPages, someone, type Page } from '../src/testing/shop.ts';

const healMsMax = 5_000;

await inBothShapes(({ ask, doors, signIn }) => {
  const stockOf = async (id: string): Promise<number[]> => {
    const { available, reserved } = (await ask(`GET /v1/products/${id}`)).body as Product;
    return [available, reserved];
  };

  test('an order is placed once, however often it is sent, and reads the same to the byte', async () => {
    const { product } = await addProduct(ask, await signIn, { quantity: 10, unitPriceCents: 250 });
    const { accessToken: token, user } = await someone(ask);
    const line = { productId: product.id, quantity: 1 };
    const order = { token, body: { lines: [line, line] }, headers: keyed() };

    const first = expectStatus(await ask('POST /v1/orders', order), 201);
    const placed = first.body as Order;
    assert.deepEqual(placed.lines, [
      { productId: product.id, title: product.title, quantity: 2, unitPriceCents: 250 },
    ]);
    assert.match(placed.number, /^ORD\d{4,}$/);
    const { userId, status, totalCents, version } = placed;
    assert.deepEqual([userId, status, totalCents], [user.id, 'confirmed', 500]);
    assert.equal(first.headers['location'], `/v1/orders/${placed.id}`);
    assert.equal(first.headers['etag'], `"${version}"`);
    assert.equal(first.headers['idempotency-replayed'], undefined);

    for (const door of doors) {
      // oxlint-disable-next-line no-await-in-loop -- at once they would be told to wait
      const again = expectStatus(await door('POST /v1/orders', order), 201);
      assert.deepEqual([again.text, again.headers['idempotency-replayed']], [first.text, 'true']);
    }
    const [byId, byNumber] = await Promise.all(
      [placed.id, placed.number].map((id) => ask(`GET /v1/orders/${id}`, { token })),
    );
    assert.deepEqual([byId?.text, byNumber?.text], [first.text, first.text]);
    assert.deepEqual(await stockOf(product.id), [8, 2]);
  });

  test('another order under the same key is refused, and changes nothing', async () => {
    const { product } = await addProduct(ask, await signIn);
    const { accessToken: token } = await someone(ask);
    const headers = keyed();
    const place = (quantity: number) =>
      ask('POST /v1/orders', {
        token,
        headers,
        body: { lines: [{ productId: product.id, quantity }] },
      });
    expectStatus(await place(1), 201);
    expectProblem(await place(2), 422, 'keyReused');
    assert.deepEqual(await stockOf(product.id), [9, 1]);
  });

  test('two hundred buyers of ten things get ten, and each of the others is told why', async () => {
    const { product } = await addProduct(ask, await signIn, { quantity: 10 });
    const { accessToken: token } = await someone(ask);
    const body = { lines: [{ productId: product.id, quantity: 1 }] };

    const answers = await Promise.all(
      Array.from({ length: 200 }, () => placeInTheEnd(ask, { token, body, headers: keyed() })),
    );

    const bought = answers.filter(({ status }) => status === 201);
    assert.equal(bought.length, 10);
    for (const answer of answers.filter((one) => !bought.includes(one))) {
      const { details } = expectProblem(answer, 409, 'outOfStock');
      assert.deepEqual(details, { lines: [{ productId: product.id, asked: 1, available: 0 }] });
    }
    assert.deepEqual(await stockOf(product.id), [0, 10]);
  });

  test('what is cancelled comes back to the shelf, and what is fulfilled does not', async () => {
    const staff = await signIn;
    const { product } = await addProduct(ask, staff);
    const { accessToken: token, user } = await someone(ask);
    const place = async () => {
      const body = { lines: [{ productId: product.id, quantity: 3 }] };
      return expectStatus(await ask('POST /v1/orders', { token, body }), 201).body as Order;
    };
    const [unwanted, wanted] = await Promise.all([place(), place()]);

    const cancel = () => ask(`POST /v1/orders/${unwanted.id}/cancel`, { token });
    const cancelled = expectStatus(await cancel(), 200);
    assert.equal((cancelled.body as Order).status, 'cancelled');
    assert.equal(expectStatus(await cancel(), 200).text, cancelled.text);
    expectProblem(await ask(`POST /v1/orders/${wanted.id}/fulfil`, { token }), 403);
    const fulfilled = await ask(`POST /v1/orders/${wanted.number}/fulfil`, { token: staff });
    assert.equal((expectStatus(fulfilled, 200).body as Order).status, 'fulfilled');
    expectProblem(await ask(`POST /v1/orders/${wanted.id}/cancel`, { token }), 409, 'conflict');

    const settled = async () => (await stockOf(product.id)).join() === '7,0' || undefined;
    assert.ok(await until(settled, healMsMax), `stock ${(await stockOf(product.id)).join()}`);
    const history = await ask(`GET /v1/orders/${wanted.id}/history`, { token });
    const steps = (expectStatus(history, 200).body as Page<Step>).items;
    assert.deepEqual(
      steps.map(({ status }) => status),
      ['confirmed', 'fulfilled'],
    );
    assert.equal(steps[0]?.byUserId, user.id);
  });

  test('customers see their own orders, page by page, and staff those of all', async () => {
    const staff = await signIn;
    const { product } = await addProduct(ask, staff, { quantity: 100 });
    const [ann, bob] = await Promise.all([someone(ask), someone(ask)]);
    const body = { lines: [{ productId: product.id, quantity: 1 }] };
    const place = async (token: string, more = {}) =>
      expectStatus(await ask('POST /v1/orders', { token, body: { ...body, ...more } }), 201);
    await Promise.all(Array.from({ length: 5 }, () => place(ann.accessToken)));
    await place(staff, { userId: bob.user.id });
    expectProblem(
      await ask('POST /v1/orders', {
        token: ann.accessToken,
        body: { ...body, userId: bob.user.id },
      }),
      403,
    );

    const listed = (token: string, query = '') =>
      readPages<Order>(
        (cursor) =>
          ask(`GET /v1/orders?limit=2&productId=${product.id}${query}${cursor}`, { token }),
        () => false,
      );
    const ofAnn = await listed(ann.accessToken);
    assert.deepEqual(new Set(ofAnn.map(({ userId }) => userId)), new Set([ann.user.id]));
    assert.equal(ofAnn.length, 5);
    assert.equal((await listed(bob.accessToken)).length, 1);
    assert.equal((await listed(staff)).length, 6);
    assert.equal((await listed(staff, `&userId=${bob.user.id}`)).length, 1);
    const foreign = await ask(`GET /v1/orders/${ofAnn[0]?.id}`, { token: bob.accessToken });
    expectProblem(foreign, 404, 'notFound');
  });

  test('what nobody knows about can be called off for good', async () => {
    const { product } = await addProduct(ask, await signIn);
    const { accessToken: token } = await someone(ask);
    const key = randomUUID();
    const abort = await ask('POST /v1/orders/abort', { token, body: { key } });
    assert.deepEqual(expectStatus(abort, 200).body, { outcome: 'voided' });
    const body = { lines: [{ productId: product.id, quantity: 1 }] };
    const late = { token, body, headers: { 'idempotency-key': key } };
    expectProblem(await ask('POST /v1/orders', late), 409, 'orderVoided');
  });

  test('nobody orders for whom there is no account, nor what is not sold', async () => {
    const staff = await signIn;
    const lines = [{ productId: 'kebab', quantity: 1 }];
    const forNobody = await ask('POST /v1/orders', {
      token: staff,
      body: { lines, userId: randomUUID() },
    });
    expectProblem(forNobody, 404, 'notFound');
    const unknown = await ask('POST /v1/orders', {
      token: staff,
      body: { lines: [...lines, { productId: 'none', quantity: 1 }] },
    });
    const { details } = expectProblem(unknown, 422, 'unknownProduct');
    assert.deepEqual(details, { productIds: ['none'] });
  });

  test('who was disabled orders no more after a moment', async () => {
    const { accessToken: token, user } = await someone(ask);
    const body = { lines: [{ productId: 'kebab', quantity: 1 }] };
    expectStatus(await ask('POST /v1/orders', { token, body }), 201);
    const staff = await signIn;
    expectStatus(await ask(`POST /v1/users/${user.id}/disable`, { token: staff }), 200);
    const forThem = () =>
      ask('POST /v1/orders', { token: staff, body: { ...body, userId: user.id } });
    const refused = async () => (await forThem()).status === 403 || undefined;
    assert.ok(await until(refused, 7_000, 100), 'still served');
  });
});

/** A slow machine may say that it is busy; then a buyer comes back with the same key. */
async function placeInTheEnd(ask: Ask, order: Content): Promise<Answer> {
  const answer = await ask('POST /v1/orders', order);
  return answer.status === 503 ? placeInTheEnd(ask, order) : answer;
}
