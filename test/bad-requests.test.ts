import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { hostileTexts, longTexts } from '../src/testing/corpus.ts';
import { expectProblem, expectRefusal, expectSound, expectStatus } from '../src/testing/http.ts';
import { startFuzzed } from '../src/testing/operations.ts';
import type { Page } from '../src/testing/shop.ts';

const { bazar, ask, staff, operations } = await startFuzzed();
const lists = operations.filter(({ query }) => query?.properties?.['limit']);
const gateway = bazar.gateways[0] ?? '';

describe('the query is strict in', () => {
  const limits = ['0', '-1', '1e9', 'abc', '', '1.5', '1%00', '10;drop', 'NaN'];
  for (const { name, query, send } of lists) {
    test(name, async () => {
      const { maximum = 0 } = query?.properties?.['limit'] ?? {};
      const cases = [...limits, String(maximum + 1)].map(async (limit) => {
        expectRefusal(await send({ search: `?limit=${limit}` }), '/limit', `limit=${limit}`);
      });
      await Promise.all(cases);
      expectRefusal(await send({ search: '?limit=1&limit=2' }), '/limit', 'twice');
      expectRefusal(await send({ search: '?offset=5' }), '/offset', 'unknown');
      expectRefusal(await send({ search: '?__proto__=1' }), '/__proto__', 'a prototype');
      const nested = await send({ search: '?constructor[prototype][x]=1' });
      expectRefusal(nested, '/constructor', 'a constructor');
      expectSound(await send({ search: '?limit=%zz&%=%' }), 'broken escapes');
    });
  }

  test('operations without one', async () => {
    const cases = operations
      .filter(({ query, name, method }) => !query && method === 'GET' && name !== 'logOut')
      .map(async ({ name, send }) => expectRefusal(await send({ search: '?x=1' }), '/x', name));
    assert.ok(cases.length > 0);
    await Promise.all(cases);
  });
});

describe('a cursor is only good for the list that gave it', () => {
  test('in every list', async () => {
    const first = await ask('GET /v1/products?limit=1');
    const { nextCursor: cursor = '' } = expectStatus(first, 200).body as Page<unknown>;
    assert.ok(cursor);
    const flipped = (cursor.startsWith('A') ? 'B' : 'A') + cursor.slice(1);
    const forged = Buffer.from(`${'\0'.repeat(16)}["a",1]`).toString('base64url');
    const wrong = [flipped, cursor.slice(0, -3), cursor.slice(0, 8), `${cursor}AAAA`, forged, 'x'];

    const cases = lists.flatMap(({ name, send }) => {
      const foreign = name === 'listProducts' ? [] : [cursor];
      return [...wrong, ...foreign, '%27%20or%201=1--', '__proto__', ' '].map(async (bad) => {
        const search = `?cursor=${bad.trim() === bad ? bad : '%20'}`;
        expectRefusal(await send({ search }), '/cursor', `${name} ${bad}`);
      });
    });
    await Promise.all(cases);
    expectProblem(await ask(`GET /v1/products?sort=price&cursor=${cursor}`), 400, 'invalid');
    expectStatus(await ask(`GET /v1/products?cursor=${cursor}`), 200);
  });
});

describe('hostile text is only text in', () => {
  for (const { name, query, send } of operations.filter((one) => one.query)) {
    test(`the query of ${name}`, async () => {
      const keys = Object.keys(query?.properties ?? {});
      const cases = keys.flatMap((key) =>
        [...hostileTexts, 'a\0b', '%', '_', '\\', '((((', `'`, '"', '&', '🙂', '﷽'].map(
          async (text) => {
            const answer = await send({ search: `?${key}=${encodeURIComponent(text)}` });
            expectSound(answer, `${key}=${text}`);
            if (answer.status >= 400) expectRefusal(answer, `/${key}`, `${key}=${text}`);
          },
        ),
      );
      await Promise.all(cases);
      expectSound(await send({ search: `?${keys[0]}=%ed%a0%80` }), 'a lone surrogate');
      for (const long of longTexts) {
        const search = `?${keys[0]}=${encodeURIComponent(long.slice(-5_000))}`;
        // oxlint-disable-next-line no-await-in-loop -- a few small ones
        expectRefusal(await send({ search }), `/${keys[0]}`, 'too long');
      }
    });
  }

  test('the path', async () => {
    const texts = [...hostileTexts, 'a\0b', '../../etc/passwd', 'me ', '%', 'a'.repeat(250)];
    const cases = operations
      .filter(({ path, name }) => name !== 'logOut' && /^\/v1\/[^/]+\/[^/]+/.test(path))
      .flatMap(({ name, path, send }) =>
        texts.map(async (text) => {
          const [, version, collection, id, ...rest] = path.split('/');
          if (!/\d/.test(id ?? '')) return;
          // A vehicle may be called so, and then it is.
          if (collection === 'vehicles' && /^[a-z]\w{0,63}$/i.test(text)) return;
          const other = ['', version, collection, encodeURIComponent(text), ...rest].join('/');
          const answer = await send({ path: other });
          expectSound(answer, `${name} ${text}`);
          assert.ok(answer.status >= 400, `${name} ${text}`);
        }),
      );
    await Promise.all(cases);
    for (const broken of ['/v1/products/%ff', '/v1/products/%', '/v1/%00', '//v1//products']) {
      // oxlint-disable-next-line no-await-in-loop -- four small ones
      const answer = await ask(`GET ${broken}`);
      expectSound(answer, broken);
      assert.ok(answer.status >= 400, broken);
    }
  });
});

describe('a header is checked like any other input:', () => {
  for (const { name, needs, send, valid } of operations) {
    if (!needs.includes('idempotencyKey')) continue;
    test(`the Idempotency-Key of ${name}`, async () => {
      const wrong = [
        '',
        ' ',
        'a b',
        'x'.repeat(256),
        'caf\u00e9',
        '"',
        longTexts[0]?.slice(0, 9_000),
      ];
      const cases = wrong.map(async (key = '') => {
        const answer = await send({ body: valid(), headers: { 'idempotency-key': key } });
        if (key !== '"') expectRefusal(answer, '/idempotencyKey', key);
        else expectSound(answer, key);
      });
      await Promise.all(cases);
      const quoted = { 'idempotency-key': `"';drop--${name}"` };
      const plain = { 'idempotency-key': `';drop--${name}` };
      const body = valid();
      const first = await send({ body, headers: quoted });
      assert.ok([201, 202].includes(first.status), first.text);
      const again = expectStatus(await send({ body, headers: plain }), first.status);
      assert.equal(again.text, first.text);
      assert.equal(again.headers['idempotency-replayed'], 'true');
    });
  }

  for (const { name, needs, send, valid } of operations) {
    if (!needs.includes('ifMatch')) continue;
    test(`the If-Match of ${name}`, async () => {
      const wrong = ['*', 'W/"1"', '"', '"a", "b"', "1' or '1'='1", 'x'.repeat(65), '0-0', '-1-1'];
      const cases = wrong.map(async (etag) => {
        const answer = await send({ body: valid(), headers: { 'if-match': etag } });
        expectSound(answer, etag);
        assert.ok([400, 412].includes(answer.status), `${etag}: ${answer.status}`);
        if (answer.status === 400) expectRefusal(answer, '/ifMatch', etag);
      });
      await Promise.all(cases);
    });
  }

  test('Authorization', async () => {
    const wrong = ['', 'Bearer', 'Basic YTpi', 'Bearer a b', `Bearer ${'x'.repeat(9_000)}`];
    const forged = ['Bearer bzk_x', 'Bearer a.b.c', `Bearer ${staff}x`, "Bearer ' or 1=1"];
    const cases = [...wrong, ...forged].map(async (authorization) => {
      const answer = await ask('GET /v1/users/me', { headers: { authorization } });
      expectProblem(answer, 401, 'unauthorized');
    });
    await Promise.all(cases);
  });
});

test('a method that is not offered is refused with those that are', async () => {
  const cases = ['PUT', 'POST', 'TRACE', 'OPTIONS'].map(async (method) => {
    const answer = await ask(`${method} /v1/products/P001`, { token: staff });
    expectProblem(answer, 405, 'methodNotAllowed');
    assert.equal(answer.headers['allow'], 'GET, PATCH, HEAD');
  });
  await Promise.all(cases);
});

describe('on the bare wire', () => {
  const head = 'Host: a\r\nContent-Type: application/json\r\n';
  const requests: Record<string, string> = {
    'a control character in a header': `POST /v1/holds HTTP/1.1\r\n${head}Idempotency-Key: a\x01b\r\n\r\n`,
    'a NUL in a header': `GET / HTTP/1.1\r\nHost: a\r\nX-A: a\0b\r\n\r\n`,
    'two lengths': `POST /v1/users HTTP/1.1\r\n${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
    'a length and chunks': `POST /v1/users HTTP/1.1\r\n${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    'a space before the colon': `POST /v1/users HTTP/1.1\r\n${head}Content-Length : 2\r\n\r\n{}`,
    'a folded header': `GET / HTTP/1.1\r\nHost: a\r\nX-A: a\r\n b\r\n\r\n`,
    'no host': 'GET /v1/products HTTP/1.1\r\n\r\n',
    'two hosts': 'GET /v1/products HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'an absolute target': 'GET http://evil/v1/products HTTP/1.1\r\nHost: a\r\n\r\n',
    'no HTTP at all': 'hello\r\n\r\n',
  };
  for (const [why, request] of Object.entries(requests)) {
    test(`${why} is refused`, async () => {
      assert.match(await speak(request), /^HTTP\/1\.1 400 [^]*problem\+json[^]*"code":"malformed"/);
    });
  }

  test('headers without end are refused', async () => {
    const request = `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`;
    assert.match(await speak(request), /^HTTP\/1\.1 431 [^]*"code":"headersTooLarge"/);
  });
});

test('after all that the shop still serves, and has met no fault of its own', async () => {
  expectStatus(await ask('GET /v1/products/P001'), 200);
  const faults = bazar.processes['all']?.log.filter(({ msg }) => msg?.includes('fault of ours'));
  assert.deepEqual(faults, []);
});

/** Sends bytes as they are, and gives what comes back until the other side is done. */
function speak(text: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(Number(new URL(gateway).port), '127.0.0.1', () =>
    socket.end(text, 'latin1'),
  );
  let said = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    said += part;
  });
  socket.once('close', () => resolve(said)).once('error', reject);
  return promise;
}
