import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, describe, test } from 'node:test';
import { client, expectProblem, expectStatus, type Answer } from '../src/testing/http.ts';
import { startAll } from '../src/testing/process.ts';
import { logIn, logInAsStaff, password, register, someName, someone } from '../src/testing/shop.ts';
import type { User } from '../src/users/shapes.ts';

const enough = 100_000;
const connections = 256;
/** Loose, for machines that do much else; a stall of all threads would take seconds. */
const healthyMsMax = 1_000;
const rateLimit = /^"address";r=\d+;t=\d+$/;

describe('a shop under attack', () => {
  // These are about lines and limits; how fast a machine hashes is not the question.
  const patience = { deadlineMs: 30_000 };
  const limits = { logInPerMinuteMax: enough, addressPerMinuteMax: enough };
  const started = startAll({ ...limits, ...patience });
  const shop = started.then(({ gateways }) => client(gateways, connections));

  test('shows its products while forty strangers log in', async () => {
    const ask = await shop;
    let flooding = true;
    const flood = Promise.all(Array.from({ length: 40 }, () => ask(...strangersLogIn()))).finally(
      () => {
        flooding = false;
      },
    );
    const tookMs: number[] = [];
    async function shopOnAndOn(): Promise<void> {
      const startMs = performance.now();
      expectStatus(await ask('GET /v1/products'), 200);
      tookMs.push(performance.now() - startMs);
      if (flooding) await shopOnAndOn();
    }
    await shopOnAndOn();

    for (const answer of await flood) expectProblem(answer, 401, 'unauthorized');
    const p99Ms = tookMs.toSorted((a, b) => a - b)[Math.floor(tookMs.length * 0.99)] ?? 0;
    assert.ok(tookMs.length >= 10, `only ${tookMs.length} were served meanwhile`);
    assert.ok(p99Ms < healthyMsMax, `p99 ${p99Ms} ms of ${tookMs.length}`);
  });

  test('turns away those who do not fit into the line, and says when to come back', async () => {
    const ask = await shop;
    const flood = Array.from({ length: 200 }, () => ask(...strangersLogIn()));
    const answers = await Promise.all(flood);

    const [checked, refused] = [401, 503].map((status) =>
      answers.filter((answer) => answer.status === status),
    ) as [Answer[], Answer[]];
    assert.ok(checked.length > 0 && refused.length > 0, `${refused.length} refused`);
    assert.equal(checked.length + refused.length, answers.length);
    for (const answer of refused) {
      expectProblem(answer, 503, 'overloaded');
      expectPatience(answer);
    }
    await logIn(ask, (await register(ask)).username);
  });

  test('lets nobody guess a password for the sixth time', async () => {
    const ask = await shop;
    const { username } = await register(ask);
    const guess = (secret: string) =>
      ask('POST /v1/sessions', { body: { login: username, password: secret } });
    for (const secret of ['guess 1', 'guess 2', 'guess 3', 'guess 4', 'guess 5']) {
      // oxlint-disable-next-line no-await-in-loop -- one guess after the other
      expectProblem(await guess(secret), 401, 'unauthorized');
    }
    // Right or wrong: otherwise the refusal would tell.
    for (const secret of ['guess 6', password]) {
      // oxlint-disable-next-line no-await-in-loop -- one guess after the other
      const answer = await guess(secret);
      expectProblem(answer, 429, 'rateLimited');
      expectPatience(answer);
    }
  });

  test('takes nobody for somebody else because a header says so', async () => {
    const ask = await shop;
    const [{ user, accessToken }, staff] = await Promise.all([someone(ask), logInAsStaff(ask)]);
    const forged = {
      'x-user-id': user.id,
      'x-bazar-user': staff,
      'x-internal-role': 'staff',
      'x-forwarded-user': 'admin',
      forwarded: 'for=127.0.0.1',
    };
    expectProblem(await ask('GET /v1/users/me', { headers: forged }), 401, 'unauthorized');
    const me = await ask('GET /v1/users/me', { token: accessToken, headers: forged });
    assert.equal((expectStatus(me, 200).body as User).id, user.id);
    const list = await ask('GET /v1/users', { token: accessToken, headers: forged });
    expectProblem(list, 403, 'forbidden');
  });

  test('serves past hundreds of connections that say nothing or never come to an end', async () => {
    const ask = await shop;
    const { port } = new URL((await started).gateways[0] ?? '');
    const sockets = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const socket = connect(Number(port), '127.0.0.1');
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        if (i % 2 === 0) socket.write('POST /v1/sessions HTTP/1.1\r\nHost: a\r\nX-Slow: ');
        return socket;
      }),
    );
    after(() => sockets.forEach((socket: Socket) => socket.destroy()));

    const startMs = performance.now();
    expectStatus(await ask('GET /v1/products'), 200);
    assert.ok(performance.now() - startMs < healthyMsMax);
    assert.ok(sockets.filter(({ destroyed }) => !destroyed).length > 100);
  });
});

describe('an address that asks too often', () => {
  const max = 20;
  const shop = startAll({ addressPerMinuteMax: max }).then(({ gateways }) => client(gateways));

  test('has to wait, whatever it says where it comes from', async () => {
    const ask = await shop;
    const asked = Array.from({ length: max }, () => ask('GET /v1/products'));
    for (const answer of await Promise.all(asked)) {
      expectStatus(answer, 200);
      assert.equal(answer.headers['ratelimit-policy'], `"address";q=${max};w=60`);
      assert.match(answer.headers['ratelimit'] ?? '', rateLimit);
    }
    const forged = Array.from({ length: max }, (_, i) =>
      ask('GET /v1/products', {
        headers: { 'x-forwarded-for': `10.0.0.${i}`, 'x-real-ip': `10.0.1.${i}` },
      }),
    );
    const refused = (await Promise.all([...forged, ask('GET /v1/topics')])).filter(
      ({ status }) => status !== 200,
    );

    // One comes back every three seconds.
    assert.ok(refused.length >= max - 5, `${refused.length} refused`);
    for (const answer of refused) {
      expectProblem(answer, 429, 'rateLimited');
      expectPatience(answer);
      assert.match(answer.headers['ratelimit'] ?? '', /r=0;/);
    }
  });
});

/** A log-in that costs as much as any, of somebody who does not exist. */
function strangersLogIn(): ['POST /v1/sessions', { body: object }] {
  return ['POST /v1/sessions', { body: { login: someName(), password } }];
}

function expectPatience(answer: Answer): void {
  const seconds = Number(answer.headers['retry-after']);
  assert.ok(seconds >= 1 && seconds <= 900, `Retry-After: ${answer.headers['retry-after']}`);
  assert.match(answer.headers['ratelimit'] ?? '', rateLimit);
}
