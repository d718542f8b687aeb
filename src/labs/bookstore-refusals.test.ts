import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectStatus, type Ask } from '../testing/http.ts';
import { startLab, type RunningLab } from './testing-lab.ts';

const withKey = (key: string) => ({ headers: { 'idempotency-key': key } });

function doorsOf(lab: RunningLab) {
  return { front: lab.ask('front'), catalog: lab.ask('catalog'), order: lab.ask('order') };
}

async function left(ask: Ask, id: number): Promise<unknown> {
  const { body } = expectStatus(await ask(`GET /info/${id}?form=list`), 200);
  return (body as { quantity: number }).quantity;
}

/** Here everything is refused, so that nobody is in the way of another. */
const lab = doorsOf(await startLab('bookstore'));

test('changes nothing by GET unless told to', async () => {
  const { front, catalog, order } = lab;
  for (const answer of [await front('GET /purchase/1'), await order('GET /purchase/1')]) {
    expectStatus(answer, 405);
    assert.equal(answer.headers['allow'], 'POST, PUT');
  }
  expectStatus(await front('HEAD /purchase/1'), 405);
  expectStatus(await catalog('GET /update/1/amount_of_items/5'), 405);
  expectStatus(await front('DELETE /info/1'), 405);
  assert.equal(await left(front, 1), 10);
});

test('buys nothing for who asks only for the head, even where GET buys', async () => {
  const { front } = doorsOf(await startLab('bookstore', { unsafeGet: '' }));
  expectStatus(await front('HEAD /purchase/1'), 405);
  assert.equal(await left(front, 1), 10);
});

test('refuses odd input in words, and is none the worse for it', async () => {
  const { front, catalog } = lab;
  const odd: [door: Ask, what: string, status: number][] = [
    [front, 'GET /info/abc', 400],
    [front, 'GET /info/1%20or%201=1', 400],
    [front, 'GET /info/01', 400],
    [front, 'GET /info/9999999999', 400],
    [front, 'GET /info/P001', 400],
    [front, 'GET /info/1?form=xml', 400],
    [front, 'GET /info/1?other=1', 400],
    [front, 'GET /search/%00', 400],
    [front, `GET /search/${'x'.repeat(81)}`, 400],
    [front, 'GET /search/%20', 400],
    [front, 'GET /search/electronics', 404],
    [front, 'GET /nowhere', 404],
    [front, 'POST /purchase/0', 400],
    [front, 'POST /purchase/99', 404],
    [front, 'PUT /update/1/price/1', 404],
    [catalog, 'PUT /update/1/amount_of_items/0', 400],
    [catalog, 'PUT /update/1/amount_of_items/1.5', 400],
    [catalog, 'PUT /update/1/amount_of_items/1e3', 400],
    [catalog, 'PUT /update/1/amount_of_items/-11', 409],
    [catalog, 'PUT /update/99/amount_of_items/1', 404],
    [catalog, 'PUT /update/99/price/1', 404],
    [catalog, 'PUT /update/1/price/-1', 400],
    [catalog, 'PUT /update/1/price/1.999', 400],
    [catalog, 'GET /query/99', 404],
    [catalog, 'POST /purchase/1', 404],
  ];
  const answers = await Promise.all(odd.map(([door, what]) => door(what)));
  for (const [i, { status, body, text }] of answers.entries()) {
    assert.equal(status, odd[i]?.[2], `${odd[i]?.[1]}: ${text}`);
    const { result, ...read } = body as Record<string, unknown>;
    assert.equal(typeof (result ?? read['result -from origin']), 'string', text);
    assert.doesNotMatch(text, /pattern|\.ts:|select /);
  }
  const longKey = withKey('k'.repeat(256));
  expectStatus(await front('POST /purchase/1', longKey), 400);
  expectStatus(await front('POST /purchase/1', { raw: '{' }), 400);
  assert.equal(await left(front, 1), 10);
});
