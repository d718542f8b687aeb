import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Type } from 'typebox';
import { callBy } from '../testing/call.ts';
import { startPeers } from '../testing/peers.ts';
import { defineApi, strict, type Service } from './api.ts';
import { AppError } from './errors.ts';

const pressApi = defineApi({
  print: {
    method: 'GET',
    path: '/books/:id.txt',
    summary: 'Print a book',
    params: strict({ id: Type.String() }),
    reply: Type.String(),
    contentType: 'application/book+json',
  },
});

const books = new Map([
  ['json', '{"a": [1]}\n'],
  ['quote', '"'],
  ['empty', ''],
  ['umlaut', 'Ünï 漢 \u{1F69A}'],
  ['long', 'ü'.repeat(9_000_000)],
]);

const press: Service<typeof pressApi> = {
  async print({ id }) {
    const text = books.get(id);
    if (text === undefined) throw new AppError('notFound', `No book ${id}`);
    return text;
  },
};

const far = await startPeers('press', pressApi, press);
after(far.close);

for (const [where, service] of Object.entries({ near: press, far: far.service })) {
  describe(`a ${where} service`, () => {
    test('gives a text as it is, even if it is empty, long, or looks like JSON', async () => {
      const printed = [...books.keys()].map((id) => service.print({ id }, callBy()));
      assert.ok((await Promise.all(printed)).every((text, at) => text === [...books.values()][at]));
    });

    test('refuses where there is no text', async () => {
      await assert.rejects(service.print({ id: 'none' }, callBy()), { code: 'notFound' });
    });
  });
}

test('an answer says of what kind it is, and nothing more', async () => {
  const headers = await far.credentialsFor('press')(callBy());
  const answer = await fetch(`${far.url}/books/umlaut.txt`, { headers });
  assert.equal(answer.headers.get('content-type'), 'application/book+json');
  assert.equal(await answer.text(), books.get('umlaut'));
});

test('a refusal is a problem, whatever the answer would have been', async () => {
  const headers = await far.credentialsFor('press')(callBy());
  const answer = await fetch(`${far.url}/books/none.txt`, { headers });
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
});
