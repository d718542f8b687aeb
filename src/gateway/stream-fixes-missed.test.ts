import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gpsState, newsItem, startStreams } from './testing-streams.ts';

describe('who comes back to fixes', () => {
  test('gets every one that was missed, if this process has heard it', async () => {
    const { open, bus, shop } = await startStreams();
    const stays = await open('sue staff', { topics: 'fixes' });
    const leaves = await open('sue staff', { topics: 'fixes' });
    const [snapshot] = await leaves.first(1);
    leaves.leave();
    const states = Array.from({ length: 500 }, (_, i) => gpsState(`v${i % 3}`, i));
    bus.announce('gps_state', states);
    await stays.first(501);
    const again = await open('sue staff', { topics: 'fixes', lastEventId: snapshot?.id ?? '' });
    await again.first(500);
    assert.deepEqual(
      again.news(),
      states.map(({ key }, i) => `${key}.${i}`),
    );
    assert.deepEqual(shop.askedFixes, [undefined]);
  });

  test('from another process gets what was stored since then, and then the snapshot', async () => {
    const nowMs = Date.UTC(2026, 0, 2);
    const { open, shop } = await startStreams({ nowMs: () => nowMs });
    shop.fixes = [
      newsItem('v', nowMs - 60_000),
      newsItem('w', nowMs - 12_000, { ownerId: 'ann' }),
      newsItem('v', nowMs - 10_000),
      newsItem('v', nowMs - 9_000),
    ];
    const lastEventId = `elsewhere-77-${nowMs - 12_000}`;
    const users = ['sue staff', 'ann courier', 'joe staff'];
    const readers = await Promise.all(
      users.map((user) => open(user, { topics: 'fixes', lastEventId })),
    );
    const [sue, ann] = await Promise.all(readers.map((reader) => reader.first(2)));
    await readers[0]?.first(4);
    const ofSue = readers[0]?.sent() ?? [];
    assert.deepEqual(
      ofSue.map(({ event, id }) => [event, id === '']),
      [
        ['fix.v1', true],
        ['fix.v1', true],
        ['fix.v1', true],
        ['snapshot', false],
      ],
    );
    const ids = [`w.${nowMs - 12_000}`, `v.${nowMs - 10_000}`, `v.${nowMs - 9_000}`];
    assert.deepEqual(readers[0]?.news(), ids);
    assert.deepEqual(readers[1]?.news(), ids.slice(0, 1));
    assert.ok(sue && ann);
    // Once for where everything is, and once for all that came together.
    assert.deepEqual(shop.askedFixes, [undefined, new Date(nowMs - 20_000).toISOString()]);
  });

  test('a moment after another gets also what came in between, and nothing is asked again', async () => {
    const nowMs = Date.UTC(2026, 0, 2);
    const { open, bus, shop } = await startStreams({ nowMs: () => nowMs });
    shop.fixes = [newsItem('v', nowMs - 1_000)];
    const asked = { topics: 'fixes', lastEventId: `elsewhere-77-${nowMs - 1_000}` };
    const first = await open('sue staff', asked);
    await first.first(2);
    bus.announce('gps_state', [gpsState('v', nowMs + 1), gpsState('v', nowMs + 2)]);
    await first.first(4);
    const second = await open('joe staff', asked);
    // It may be shown the picture of a moment ago; what is newer follows.
    await second.first(4);
    const ids = [-1_000, 1, 2].map((ms) => `v.${nowMs + ms}`);
    assert.deepEqual(second.news(), ids);
    assert.equal(shop.askedFixes.length, 2);
  });

  test('after too long, or to too much, gets the snapshot only', async () => {
    const nowMs = Date.UTC(2026, 0, 2);
    const { open, shop } = await startStreams({ nowMs: () => nowMs });
    shop.fixes = [newsItem('v', nowMs - 1_000)];
    const long = await open('sue staff', {
      topics: 'fixes',
      lastEventId: `x-1-${nowMs - 600_000}`,
    });
    assert.equal((await long.first(1))[0]?.event, 'snapshot');
    assert.deepEqual(shop.askedFixes, [undefined]);
    shop.fixesWhole = false;
    const much = await open('sue staff', { topics: 'fixes', lastEventId: `x-1-${nowMs - 6_000}` });
    assert.equal((await much.first(1))[0]?.event, 'snapshot');
    assert.equal(shop.askedFixes.length, 2);
  });

  test('and who has stayed, gets what the bus has lost meanwhile', async () => {
    const { open, bus, shop } = await startStreams();
    const reader = await open('sue staff', { topics: 'fixes' });
    await reader.first(1);
    const atMs = Date.UTC(2026, 0, 2);
    bus.announce('gps_state', [gpsState('v', atMs)]);
    shop.fixes = [newsItem('v', atMs), newsItem('v', atMs + 1_000), newsItem('w', atMs + 2_000)];
    bus.miss(atMs);
    await reader.first(4);
    assert.deepEqual(reader.news(), [`v.${atMs}`, `v.${atMs + 1_000}`, `w.${atMs + 2_000}`]);
  });
});
