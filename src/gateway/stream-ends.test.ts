import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { until } from '../postgres/wait.ts';
import { orderEvent, startStreams } from './testing-streams.ts';

describe('a reader that does not read', () => {
  const pad = 250_000;

  test('is cut off when even the newest is too much, and nobody else notices', async () => {
    const started = await startStreams();
    const { open, bus } = started;
    const [slow, quick] = await Promise.all([open('ann'), open('ann')]);
    await Promise.all([slow.first(1), quick.first(1)]);
    slow.pause();
    let count = 0;
    const more = async () => {
      count += 1;
      await bus.publish('orders', [orderEvent(`o${count}`, { pad })]);
      await quick.first(count + 1);
      return (await started.valueOf('bazar_streams_too_slow_total')) === 1 || undefined;
    };
    assert.ok(await until(more, 20_000), `still there after ${count} events`);
    await started.untilOpen(1);
    assert.deepEqual(quick.news().length, count);
    slow.resume();
    await slow.untilEnd();
  });

  test('gets the newest of each order when it reads again', async () => {
    const started = await startStreams();
    const { open, bus } = started;
    const reader = await open('ann');
    await reader.first(1);
    reader.pause();
    let version = 0;
    const more = async () => {
      version += 1;
      await bus.publish('orders', [orderEvent('a', { version, pad })]);
      await bus.publish('orders', [orderEvent('b', { version })]);
      return (await started.valueOf('bazar_streams_behind')) === 1 || undefined;
    };
    assert.ok(await until(more, 20_000), 'it could read everything');
    await Promise.all(Array.from({ length: 10 }, more));
    reader.resume();
    const done = async () => reader.news().includes(`b.${version}`) || undefined;
    assert.ok(await until(done, 5_000));
    const versions = reader.sent().flatMap(({ data }) => {
      const { subject, sequence } = data as { subject?: string; sequence: string };
      return subject === 'a' ? [Number(sequence)] : [];
    });
    assert.equal(versions.at(-1), version);
    assert.ok(versions.length < version);
    assert.equal(await started.valueOf('bazar_streams_shortened_total'), 1);
    assert.deepEqual(
      versions,
      versions.toSorted((a, b) => a - b),
    );
  });
});

describe('a stream ends', () => {
  test('when the session is over, or its state cannot be learnt for a while', async () => {
    const { open, shop } = await startStreams({ limits: { checkMs: 20 } });
    const [ann, bob, eve] = await Promise.all([open('ann'), open('bob'), open('eve')]);
    await Promise.all([ann.first(1), bob.first(1), eve.first(1)]);
    let asked = 0;
    shop.live = async (caller) => {
      asked += 1;
      if (caller.id === 'bob') throw new Error('users is away');
      return caller.id !== 'ann';
    };
    await ann.untilEnd();
    await bob.untilEnd();
    assert.ok(asked >= 5);
    shop.live = async () => false;
    await eve.untilEnd();
  });

  test('at once when the server closes, whether it is read or not', async () => {
    const { open, bus, close } = await startStreams();
    const [idle, slow] = await Promise.all([open('ann'), open('ann')]);
    await Promise.all([idle.first(1), slow.first(1)]);
    slow.pause();
    const news = Array.from({ length: 200 }, (_, i) => orderEvent(`o${i}`, { pad: 60_000 }));
    await bus.publish('orders', news.slice(0, 100));
    const startedAtMs = performance.now();
    await close();
    assert.ok(performance.now() - startedAtMs < 1_000);
    await idle.untilEnd();
  });

  test('when its server closes without a word to the streams, read or not', async () => {
    const { open, bus, server } = await startStreams();
    const [idle, slow] = await Promise.all([open('ann'), open('bob')]);
    await Promise.all([idle.first(1), slow.first(1)]);
    slow.pause();
    const orders = Array.from({ length: 100 }, (_, i) =>
      orderEvent(`o${i}`, { userId: 'bob', pad: 250_000 }),
    );
    await bus.publish('orders', orders);
    const startedAtMs = performance.now();
    await server.close();
    assert.ok(performance.now() - startedAtMs < 2_000);
    await idle.untilEnd();
  });

  test('is not begun while the server closes', async () => {
    const { open, shop, server, streams } = await startStreams();
    const late = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    shop.meanwhile = () => {
      asked.resolve();
      return late.promise;
    };
    const reader = open('ann');
    await asked.promise;
    const closed = server.close();
    assert.ok(await until(() => !server.server.listening || undefined, 5_000));
    late.resolve();
    assert.equal((await reader).status, 503);
    await closed;
    streams.close();
  });
});

describe('how many streams there may be', () => {
  test('is limited for a user and for the process, until one leaves', async () => {
    const started = await startStreams({ limits: { perUserMax: 2, streamsMax: 3 } });
    const { open } = started;
    const [first] = [await open('ann'), await open('ann')];
    const third = await open('ann');
    await open('bob');
    const fourth = await open('eve');
    assert.deepEqual([third.status, fourth.status], [429, 503]);
    for (const { headers } of [third, fourth]) assert.ok(Number(headers['retry-after']) > 0);
    first?.leave();
    await started.untilOpen(2);
    assert.equal((await open('ann')).status, 200);
  });

  test('is not how many requests may be under way, and a stream is measured by its beginning', async () => {
    const { open, metrics, url } = await startStreams({}, { requestsInFlightMax: 2 });
    const readers = await Promise.all([open('a'), open('b')]);
    await Promise.all(readers.map((reader) => reader.first(1)));
    const more = await Promise.all([open('c'), open('d')]);
    assert.deepEqual(
      more.map(({ status }) => status),
      [200, 200],
    );
    assert.equal((await fetch(`${url}/health/live`)).status, 200);
    const { values } = await metrics.requestSeconds.get();
    const count = values.find(
      ({ metricName, labels }) => metricName?.endsWith('_count') && labels.operation === 'stream',
    );
    assert.equal(count?.value, 4);
    const { values: requests } = await metrics.requests.get();
    const statuses = requests.filter(({ labels }) => labels.operation === 'stream');
    assert.deepEqual(
      statuses.map(({ labels, value }) => [labels.status, value]),
      [['200', 4]],
    );
  });
});

describe('what is asked on the connection of a stream', () => {
  const ask = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\nx-user: ann customer\r\n\r\n`;

  test('together with it or after it has no answer, and leaves nothing behind', async () => {
    const { url, open, untilOpen } = await startStreams({}, { requestsInFlightMax: 1 });
    for (const behind of ['', ask('/health/live'), ask('/health/live')]) {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      let text = '';
      socket.on('data', (bytes) => (text += String(bytes)));
      socket.write(ask('/v1/stream') + behind);
      // oxlint-disable-next-line no-await-in-loop -- one after the other: what stays would add up
      assert.ok(await until(async () => text.includes('event: snapshot') || undefined, 5_000));
      const closed = once(socket, 'close');
      socket.end(ask('/health/live'));
      // oxlint-disable-next-line no-await-in-loop -- the same
      await closed;
      assert.equal(text.split('HTTP/1.1').length, 2);
      // oxlint-disable-next-line no-await-in-loop -- the same
      await untilOpen(0);
    }
    assert.equal((await open('ann')).status, 200);
  });
});
