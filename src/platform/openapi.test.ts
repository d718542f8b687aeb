import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import type { Operation } from './api.ts';
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
