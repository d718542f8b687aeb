import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createOutlet } from './outlet.ts';

const item = (key: string, text: string) => ({ key, text, bytes: Buffer.byteLength(text) });
const all = () => true;

function setup(itemsMax = 4, bytesMax = 1_000) {
  const counts = { skipped: 0, tooSlow: 0 };
  const outlet = createOutlet({
    itemsMax,
    bytesMax,
    onSkipped: (count) => (counts.skipped += count),
    onTooSlow: () => (counts.tooSlow += 1),
  });
  return { outlet, counts };
}

/** All that there is to read now. */
function rest(outlet: ReturnType<typeof setup>['outlet']): string {
  const bytes = outlet.stream.read() as Buffer | null;
  return bytes === null ? '' : bytes.toString() + rest(outlet);
}

test('what comes before the beginning waits behind it, if it passes', () => {
  const { outlet } = setup();
  outlet.add(item('a', 'a1 '));
  outlet.add(item('b', 'b1 '));
  outlet.say('not yet ');
  outlet.begin(['first ', 'second '], ({ key }) => key === 'b');
  outlet.add(item('c', 'c1'));
  assert.equal(rest(outlet), 'first second b1 c1');
});

test('when too much waits, the newest of each subject stays, in its order', () => {
  const { outlet, counts } = setup(4);
  for (const text of ['a1 ', 'b1 ', 'a2 ', 'c1 ', 'a3 ']) outlet.add(item(text.charAt(0), text));
  outlet.begin([], all);
  assert.equal(rest(outlet), 'b1 c1 a3 ');
  assert.deepEqual(counts, { skipped: 2, tooSlow: 0 });
});

test('a line of too many subjects, or of too many bytes, is the end', () => {
  const many = setup(4);
  for (const key of ['a', 'b', 'c', 'd', 'e']) many.outlet.add(item(key, key));
  const large = setup(4, 1_000);
  for (const key of ['a', 'b']) large.outlet.add(item(key, 'x'.repeat(501)));
  for (const { outlet, counts } of [many, large]) {
    assert.ok(outlet.stream.destroyed);
    assert.equal(counts.tooSlow, 1);
    outlet.add(item('z', 'z'));
    outlet.end();
  }
});

test('what is read does not count as waiting', async () => {
  const { outlet, counts } = setup(2, 10);
  outlet.begin([], all);
  let text = '';
  outlet.stream.on('data', (bytes: Buffer) => (text += bytes.toString()));
  const letters = Array.from({ length: 500 }, (_, i) => `${i} `);
  for (const letter of letters) {
    outlet.add(item(letter, letter));
    // oxlint-disable-next-line no-await-in-loop -- the reader has its turn after each
    await new Promise(setImmediate);
  }
  assert.equal(text, letters.join(''));
  assert.deepEqual(counts, { skipped: 0, tooSlow: 0 });
});

test('an end that nobody reads towards is a cut, and otherwise comes after all that was said', async () => {
  const unread = setup();
  unread.outlet.begin(['something'], all);
  unread.outlet.end();
  assert.ok(unread.outlet.stream.destroyed);
  const read = setup();
  read.outlet.begin(['something'], all);
  assert.equal(rest(read.outlet), 'something');
  read.outlet.end();
  read.outlet.add(item('a', 'too late'));
  assert.deepEqual(await read.outlet.stream.toArray(), []);
});

test('never more waits than may, versions only rise, and the newest comes unless it was cut', () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ add: fc.constantFrom('a', 'b', 'c', 'd', 'e') }) },
    { weight: 1, arbitrary: fc.constant('read' as const) },
  );
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 200 }),
      fc.integer({ min: 2, max: 6 }),
      (steps, max) => {
        const { outlet } = setup(max, 1_000_000);
        outlet.begin([], all);
        const last = new Map<string, number>();
        const seen = new Map<string, number>();
        const read = () => {
          for (const word of String(outlet.stream.read() ?? '')
            .split(/[ .]+/)
            .filter(Boolean)) {
            const [key = '', version] = word.split('-');
            assert.ok(Number(version) > (seen.get(key) ?? 0), `${word} after ${seen.get(key)}`);
            seen.set(key, Number(version));
          }
        };
        for (const one of steps) {
          if (one === 'read') {
            read();
            continue;
          }
          const version = (last.get(one.add) ?? 0) + 1;
          last.set(one.add, version);
          // As large as what is taken ahead of the reader, so that the next ones must wait.
          outlet.add(item(one.add, `${one.add}-${version} ${'.'.repeat(16_384)}`));
        }
        if (outlet.stream.destroyed) return;
        for (let i = 0; i < max + 2; i += 1) read();
        assert.deepEqual(Object.fromEntries(seen), Object.fromEntries(last));
      },
    ),
  );
});
