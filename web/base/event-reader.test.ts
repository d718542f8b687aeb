import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEventReader, type ServerEvent } from './event-reader.ts';

const text = [
  ': hello\n\n',
  'event: order\nid: a.1\ndata: {"text":"a: b"}\n\n',
  ':\nid: a.2\n\n',
  'event: gap\ndata:\n\n',
].join('');
const events: ServerEvent[] = [
  { type: undefined, id: undefined, data: '' },
  { type: 'order', id: 'a.1', data: '{"text":"a: b"}' },
  { type: undefined, id: 'a.2', data: '' },
  { type: 'gap', id: undefined, data: '' },
];

function readIn(pieces: readonly string[]): ServerEvent[] {
  const told: ServerEvent[] = [];
  const read = createEventReader((event) => told.push(event));
  for (const piece of pieces) read(piece);
  return told;
}

test('reads events, comments and ids, wherever their text is cut', () => {
  for (let at = 0; at <= text.length; at += 1) {
    assert.deepEqual(readIn([text.slice(0, at), text.slice(at)]), events, `cut at ${at}`);
  }
  assert.deepEqual(readIn(text.split('')), events);
});

test('tells an event only when it is whole', () => {
  assert.deepEqual(readIn(['event: order\ndata: 1\n']), []);
});

test('gives up on an event without an end', () => {
  const piece = 'x'.repeat(1024 * 1024);
  assert.throws(() => readIn(Array.from({ length: 17 }, () => piece)), /too long/);
});
