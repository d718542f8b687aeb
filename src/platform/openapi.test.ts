import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { strict, type Operation } from './api.ts';
import { openApi } from './openapi.ts';

type Document = { paths: Record<string, { get: { responses: { 200: { content: object } } } }> };

/** What the answer of an operation is written in, as the document says. */
function kindsOf(operation: Partial<Operation>): string[] {
  const path = '/book';
  const whole: Operation = { method: 'GET', path, summary: '', reply: Type.String(), ...operation };
  const document = openApi([{ name: 'read', tag: 'books', operation: whole }], {});
  const { paths } = document as unknown as Document;
  return Object.keys(paths[path]?.get.responses[200].content ?? {});
}

test('an answer is JSON, unless the contract says what else it is', () => {
  assert.deepEqual(kindsOf({}), ['application/json']);
  assert.deepEqual(kindsOf({ contentType: 'application/gpx+xml' }), ['application/gpx+xml']);
  assert.deepEqual(kindsOf({ streams: true }), ['text/event-stream']);
});

test('what comes in the path, in headers and in cookies is named as it is on the wire', () => {
  const field = Type.Optional(Type.String());
  const operation: Operation = {
    method: 'GET',
    path: '/book/:bookId',
    summary: '',
    params: strict({ bookId: Type.String() }),
    headers: strict({ ifMatch: field }),
    cookies: strict({ lastRead: field }),
    reply: Type.String(),
  };
  const { paths } = openApi([{ name: 'read', tag: 'books', operation }], {}) as {
    paths: Record<string, { get: { parameters: { in: string; name: string }[] } }>;
  };
  const named = paths['/book/{bookId}']?.get.parameters.map((one) => `${one.in} ${one.name}`);
  assert.deepEqual(named, ['path bookId', 'header If-Match', 'cookie last_read']);
});
