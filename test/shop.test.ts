import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Hold, Product, StockMove } from '../src/catalog/api.ts';
import { until } from '../src/postgres/wait.ts';
import { expectProblem, expectStatus } from '../src/testing/http.ts';
import { inBothShapes } from '../src/testing/shapes.ts';
import { addProduct, keyed, type Page } from '../src/testing/shop.ts';

await inBothShapes(({ ask, processes, signIn }) => {
  test('products are found by topic and by text', async () => {
    const find = async (query: string) =>
      expectStatus(await ask(`GET /v1/products?${query}`), 200).body as Page<Product>;

    const byTopic = await find('topic=ELECTRONICS&sort=price');
    assert.deepEqual(
      byTopic.items.map(({ id }) => id),
      ['P003', 'P002', 'P004', 'P001'],
    );
    assert.equal((await find('q=distributed')).items[0]?.id, '1');
    assert.equal((await find('q=keybo')).items[0]?.id, 'P004');
    const topics = expectStatus(await ask('GET /v1/topics'), 200).body as Page<{
      topic: string;
    }>;
    assert.ok(topics.items.some(({ topic }) => topic === 'electronics'));
  });

  test('a product is made once, read by its version, and changed by who has read it', async () => {
    const staff = await signIn;
    const { product, etag } = await addProduct(ask, staff, { title: 'A lamp' });
    const path = `/v1/products/${product.id}`;

    const read = expectStatus(await ask(`GET ${path}`), 200);
    assert.deepEqual([read.body, read.headers['etag']], [product, etag]);
    const again = await ask(`GET ${path}`, { headers: { 'if-none-match': etag } });
    assert.deepEqual([again.status, again.text], [304, '']);
    const body = { unitPriceCents: 250 };
    expectProblem(await ask(`PATCH ${path}`, { token: staff, body }), 428);
    const change = { token: staff, body, headers: { 'if-match': etag } };
    const changed = expectStatus(await ask(`PATCH ${path}`, change), 200);
    assert.equal((changed.body as Product).unitPriceCents, 250);
    expectProblem(await ask(`PATCH ${path}`, change), 412, 'preconditionFailed');
  });

  test('a repeated restock moves once, and the ledger tells of every move', async () => {
    const staff = await signIn;
    const { product } = await addProduct(ask, staff);
    const path = `/v1/products/${product.id}/stock-moves`;
    const headers = keyed();
    const move = (body: object, key = headers) =>
      ask(`POST ${path}`, { token: staff, body, headers: key });

    const restock = { delta: 5, reason: 'restock', note: 'a pallet' };
    const first = expectStatus(await move(restock), 201);
    const second = expectStatus(await move(restock), 201);
    assert.equal(second.text, first.text);
    assert.deepEqual(
      [first, second].map((answer) => answer.headers['idempotency-replayed']),
      [undefined, 'true'],
    );
    expectProblem(await move({ ...restock, delta: 6 }), 422, 'keyReused');
    const below = { delta: -16, reason: 'correction' };
    expectProblem(await move(below, keyed()), 409, 'outOfStock');

    const ledger = expectStatus(await ask(`GET ${path}`, { token: staff }), 200);
    const deltas = (ledger.body as Page<StockMove>).items.map(({ delta }) => delta);
    assert.deepEqual(deltas, [5, 10]);
    const now = (await ask(`GET /v1/products/${product.id}`)).body as Product;
    assert.equal(now.available, 15);
  });

  test('a hold takes all its lines or none, and gives them back once', async () => {
    const staff = await signIn;
    const [many, few] = await Promise.all([
      addProduct(ask, staff),
      addProduct(ask, staff, { quantity: 1 }),
    ]);
    const line = (productId: string, quantity: number) => ({ productId, quantity });
    const hold = (lines: object[]) =>
      ask('POST /v1/holds', { token: staff, body: { lines }, headers: keyed() });
    const stock = async () => {
      const { available, reserved } = (await ask(`GET /v1/products/${many.product.id}`))
        .body as Product;
      return { available, reserved };
    };

    const short = await hold([line(many.product.id, 2), line(few.product.id, 2)]);
    const { details } = expectProblem(short, 409, 'outOfStock');
    assert.deepEqual(details, {
      lines: [{ productId: few.product.id, asked: 2, available: 1 }],
    });
    assert.deepEqual(await stock(), { available: 10, reserved: 0 });

    const made = expectStatus(await hold([line(many.product.id, 4)]), 201);
    const { id } = made.body as Hold;
    assert.deepEqual(await stock(), { available: 6, reserved: 4 });
    const release = () => ask(`DELETE /v1/holds/${id}`, { token: staff });
    const released = expectStatus(await release(), 200);
    assert.equal((released.body as Hold).state, 'released');
    assert.equal(expectStatus(await release(), 200).text, released.text);
    assert.deepEqual(await stock(), { available: 10, reserved: 0 });
  });

  test('a trace goes through to the service, and back in a refusal', async () => {
    const traceId = randomUUID().replaceAll('-', '');
    const headers = {
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      'x-request-id': 'my-1',
    };

    const problem = expectProblem(await ask('GET /v1/products/none', { headers }), 404);

    assert.deepEqual([problem.traceId, problem.requestId], [traceId, 'my-1']);
    assert.equal(problem.instance, '/v1/products/none');
    const service = processes['catalog'] ?? processes['all'];
    const logged = () => service?.log.some((line) => line.traceId === traceId) || undefined;
    assert.ok(await until(logged, 2_000));
  });

  test('the documentation comes from here, and nothing foreign may run in it', async () => {
    const events = expectStatus(await ask('GET /asyncapi.json'), 200).body;
    assert.equal((events as { asyncapi: string }).asyncapi, '3.0.0');
    const contract = expectStatus(await ask('GET /openapi.json'), 200);
    assert.match((contract.body as { openapi: string }).openapi, /^3\.1/);
    const paths = ['/docs', '/docs/problems', '/docs/viewer.js', '/docs/viewer.css'];
    for (const answer of await Promise.all(paths.map((path) => ask(`GET ${path}`)))) {
      const { headers } = expectStatus(answer, 200);
      const policy = headers['content-security-policy'] ?? '';
      assert.match(policy, /default-src 'none'; script-src 'self';/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
    }
    const keys = expectStatus(await ask('GET /.well-known/jwks.json'), 200);
    assert.match(keys.text, /"crv":"Ed25519"/);
    assert.doesNotMatch(keys.text, /"d":/);
  });

  test('what is internal is not behind the public door', async () => {
    const staff = await signIn;
    const body = { ids: [randomUUID()] };
    const paths = ['users/lookup', 'sessions/check', 'api-keys/exchange', 'anything'];
    const answers = await Promise.all(
      paths.map((path) => ask(`POST /internal/${path}`, { token: staff, body })),
    );
    answers.forEach((answer) => expectProblem(answer, 404, 'notFound'));
    expectProblem(await ask('GET /metrics'), 404, 'notFound');
  });

  test('metrics have a port of their own, and every port says how the process is', async () => {
    expectStatus(await ask('GET /v1/products/P001'), 200);
    expectStatus(await ask('GET /v1/users/me', { token: await signIn }), 200);
    const all = Object.values(processes);
    const ports = all.flatMap(({ addresses: { gateway, internal, metrics } }) =>
      [gateway, internal, metrics].filter((address) => address !== undefined),
    );
    const questions = ports.flatMap((port) =>
      ['/health/live', '/health/ready', '/health'].map((path) => fetch(port + path)),
    );
    for (const { status } of await Promise.all(questions)) assert.equal(status, 200);
    const texts = await Promise.all(
      all.map(async ({ addresses }) => (await fetch(`${addresses.metrics}/metrics`)).text()),
    );
    const text = texts.join('\n');
    assert.match(text, /bazar_requests_total\{operation="getProduct",status="200"\}/);
    assert.match(text, /bazar_request_duration_seconds_sum\{operation="getProduct"\} .*[1-9]/);
    assert.match(text, /bazar_pool_connections\{service="catalog",state="idle"\} \d/);
    assert.match(text, /bazar_batch_size_count\{batcher="sessions"\} \d/);
    assert.match(text, /nodejs_eventloop_lag_p99_seconds \d/);
  });
});
