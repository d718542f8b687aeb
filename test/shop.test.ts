import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Hold, Product, StockMove } from '../src/catalog/api.ts';
import { until } from '../src/postgres/wait.ts';
import { client, expectProblem, expectStatus } from '../src/testing/http.ts';
import { startAll, startSplit } from '../src/testing/process.ts';
import {
  addProduct,
  keyed,
  logIn,
  logInAsStaff,
  makeApiKey,
  password,
  readPages,
  register,
  someName,
  someone,
  soon,
  type Page,
} from '../src/testing/shop.ts';
import type { ApiKey, NewApiKey, Session, User } from '../src/users/shapes.ts';

const generous = { logInPerMinuteMax: 100_000, addressPerMinuteMax: 100_000, logLevel: 'debug' };
const [whole, split] = await Promise.all([startAll(generous), startSplit(generous)]);
const shapes = { 'one process': whole, 'a process for each service': split };

describe('the shop', { concurrency: true }, () => {
  for (const [shape, bazar] of Object.entries(shapes)) {
    const ask = client(bazar.gateways);
    const doors = bazar.gateways.map((url) => client([url]));
    const all = Object.values(bazar.processes);
    const signIn = logInAsStaff(ask);

    describe(`accounts in ${shape}`, { concurrency: true }, () => {
      test('a session is refreshed, and ends when an old refresh token comes again', async () => {
        const first = await someone(ask);
        const refresh = ({ refreshToken }: Session) =>
          ask('POST /v1/sessions/refresh', { body: { refreshToken } });

        const second = expectStatus(await refresh(first), 200).body as Session;
        const third = expectStatus(await refresh(second), 200).body as Session;
        await soon(doors, 200, { token: third.accessToken });
        expectProblem(await refresh(first), 401, 'unauthorized');
        expectProblem(await refresh(third), 401, 'unauthorized');

        await soon(doors, 401, { token: third.accessToken });
      });

      test('a log-out is felt by the access token', async () => {
        const { accessToken: token, refreshToken } = await someone(ask);
        await soon(doors, 200, { token });

        expectStatus(await ask('DELETE /v1/sessions', { token }), 204);

        await soon(doors, 401, { token });
        const refreshed = await ask('POST /v1/sessions/refresh', { body: { refreshToken } });
        expectProblem(refreshed, 401, 'unauthorized');
      });

      test('a name and an address are taken regardless of case', async () => {
        const { username, email } = await register(ask);
        const taken = [
          { username: username.toUpperCase(), email: `${someName()}@shop.example`, password },
          { username: someName(), email: email.toUpperCase(), password },
        ];
        const answers = await Promise.all(taken.map((body) => ask('POST /v1/users', { body })));
        answers.forEach((answer) => expectProblem(answer, 409, 'alreadyExists'));
        assert.equal((await logIn(ask, email.toUpperCase())).user.username, username);
      });

      test('customers see themselves, and others as if they were not there', async () => {
        const { user, accessToken: token } = await someone(ask);
        const other = await register(ask);

        const me = expectStatus(await ask('GET /v1/users/me', { token }), 200);
        assert.deepEqual(me.body, user);
        assert.equal(me.headers['etag'], `"${user.version}"`);
        assert.doesNotMatch(me.text, /hash|argon2/i);
        const foreign = expectProblem(await ask(`GET /v1/users/${other.id}`, { token }), 404);
        const missing = expectProblem(await ask(`GET /v1/users/${randomUUID()}`, { token }), 404);
        const own = { instance: '', requestId: '', traceId: '' };
        assert.deepEqual({ ...foreign, ...own }, { ...missing, ...own });
      });

      test('staff reads the accounts page by page', async () => {
        const staff = await signIn;
        const users = await Promise.all(['a', 'b', 'c'].map(() => register(ask)));
        const { number: oldest } = users.toSorted((a, b) => a.number - b.number)[0] as User;

        const seen = await readPages<User>(
          (query) => ask(`GET /v1/users?limit=2${query}`, { token: staff }),
          (user) => user.number === oldest,
        );

        const order = seen.map(({ number }) => number);
        assert.deepEqual(
          order,
          [...new Set(order)].toSorted((a, b) => b - a),
        );
        assert.ok(users.every(({ number }) => order.includes(number)));
      });

      test('an account is changed only by who has read it as it is', async () => {
        const { user, accessToken: token } = await someone(ask);
        const change = (headers: Record<string, string>, name: string) =>
          ask('PATCH /v1/users/me', { token, body: { name }, headers });
        const ifMatch = { 'if-match': `"${user.version}"` };

        expectProblem(await change({}, 'Ann'), 428, 'preconditionRequired');
        const changed = expectStatus(await change(ifMatch, 'Ann'), 200);
        expectProblem(await change(ifMatch, 'Bob'), 412, 'preconditionFailed');

        assert.equal((changed.body as User).name, 'Ann');
        assert.notEqual(changed.headers['etag'], ifMatch['if-match']);
      });

      test('a disabled account is out, and back when it is enabled', async () => {
        const staff = await signIn;
        const { user, accessToken: token } = await someone(ask);
        await soon(doors, 200, { token });

        expectStatus(await ask(`POST /v1/users/${user.id}/disable`, { token: staff }), 200);

        await soon(doors, 401, { token });
        const login = { login: user.username, password };
        expectProblem(await ask('POST /v1/sessions', { body: login }), 401, 'unauthorized');
        expectStatus(await ask(`POST /v1/users/${user.id}/enable`, { token: staff }), 200);
        await logIn(ask, user.username);
      });

      test('an API key does what its scope says, also after a rotation, until it is revoked', async () => {
        const owner = await someone(ask);
        const made = await makeApiKey(ask, owner.accessToken, ['users:read']);
        const me = (token: string) => ask('GET /v1/users/me', { token });

        assert.equal((expectStatus(await me(made.key), 200).body as User).id, owner.user.id);
        const change = { body: { name: 'Eve' }, headers: { 'if-match': owner.user.version } };
        expectProblem(await ask('PATCH /v1/users/me', { token: made.key, ...change }), 403);
        expectProblem(await ask('GET /v1/api-keys', { token: made.key }), 403, 'forbidden');

        const rotate = { token: owner.accessToken, body: {} };
        const rotated = await ask(`POST /v1/api-keys/${made.id}/rotate`, rotate);
        const next = expectStatus(rotated, 200).body as NewApiKey;
        await soon(doors, 200, { token: made.key });
        await soon(doors, 200, { token: next.key });
        const listed = await ask('GET /v1/api-keys', { token: owner.accessToken });
        const [entry] = (expectStatus(listed, 200).body as Page<ApiKey>).items;
        assert.equal(entry?.id, made.id);
        assert.ok(!listed.text.includes(next.key));

        const revoked = await ask(`DELETE /v1/api-keys/${made.id}`, { token: owner.accessToken });
        expectStatus(revoked, 204);
        await soon(doors, 401, { token: made.key });
        await soon(doors, 401, { token: next.key });
      });
    });

    describe(`the catalog in ${shape}`, { concurrency: true }, () => {
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
    });

    describe(`the doors of ${shape}`, { concurrency: true }, () => {
      test('a trace goes through to the service, and back in a refusal', async () => {
        const traceId = randomUUID().replaceAll('-', '');
        const headers = {
          traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
          'x-request-id': 'my-1',
        };

        const problem = expectProblem(await ask('GET /v1/products/none', { headers }), 404);

        assert.deepEqual([problem.traceId, problem.requestId], [traceId, 'my-1']);
        assert.equal(problem.instance, '/v1/products/none');
        const service = bazar.processes['catalog'] ?? bazar.processes['all'];
        const logged = () => service?.log.some((line) => line.traceId === traceId) || undefined;
        assert.ok(await until(logged, 2_000));
      });

      test('the documentation comes from here, and nothing foreign may run in it', async () => {
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
        assert.match(
          texts.join('\n'),
          /bazar_requests_total\{operation="getProduct",status="200"\}/,
        );
      });
    });
  }
});
