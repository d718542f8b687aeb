import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { until } from '../postgres/wait.ts';
import { silent } from '../testing/database.ts';
import { redisIsMissing, startRedis } from '../testing/redis.ts';
import type { Bus, CloudEvent, Live } from './bus.ts';
import { createBus } from './bus-here.ts';
import { channel, event, has, openProcess, ready, waitMs } from './testing-bus.ts';

/** A bus that is ready to be published on. */
async function redisBus(): Promise<Bus> {
  const { url } = await startRedis();
  const one = openProcess(url);
  await ready(one);
  return one.bus;
}

const buses = {
  'of one process': {
    skip: false as const,
    open: async (): Promise<Bus> => createBus({ log: silent }),
  },
  'through Redis': { skip: redisIsMissing, open: redisBus },
};

const many = (count: number) => Array.from({ length: count }, (_, i) => event('many', i));
for (const [where, { skip, open }] of Object.entries(buses)) {
  describe(`a bus ${where}`, { skip }, async () => {
    const bus = skip === false ? await open() : createBus();
    const topicOf = () => `things-${randomUUID()}`;

    test('tells everybody who listens everything that is published, as it is and in turn', async () => {
      const topic = topicOf();
      const heard: CloudEvent[][] = [[], []];
      for (const list of heard) bus.subscribe(topic, (one) => list.push(one));
      assert.equal(bus.isHeard(topic), true);
      await bus.publish(topic, many(600));
      await bus.publish(topic, [event('last')]);
      await Promise.all(heard.map((list) => has(list, 601)));
      const all = [...many(600), event('last')];
      assert.deepEqual(heard, [all, all]);
    });

    test('tells nothing to who has left, and nothing of other topics', async () => {
      const [topic, other] = [topicOf(), topicOf()];
      const [left, stays]: CloudEvent[][] = [[], []];
      assert.ok(left && stays);
      const leave = bus.subscribe(topic, (one) => left.push(one));
      bus.subscribe(topic, (one) => stays.push(one));
      await bus.publish(topic, [event('first')]);
      await has(left, 1);
      leave();
      await bus.publish(other, [event('other')]);
      await bus.publish(topic, [event('second')]);
      await has(stays, 2);
      assert.deepEqual(left, [event('first')]);
      assert.deepEqual(stays, [event('first'), event('second')]);
    });

    test('goes on telling the others when one who listens fails', async () => {
      const topic = topicOf();
      const heard: CloudEvent[] = [];
      bus.subscribe(topic, () => {
        throw new Error('A mistake, says the test');
      });
      bus.subscribe(topic, (one) => heard.push(one));
      await bus.publish(topic, many(2));
      assert.ok(await has(heard, 2));
    });

    test('gives each event to one of those who share a group, and to each group', async () => {
      const topic = topicOf();
      const [one, two, other]: string[][] = [[], [], []];
      assert.ok(one && two && other);
      const members = [
        bus.consume({ topic, group: 'a', handle: async ({ id }) => void one.push(id) }),
        bus.consume({ topic, group: 'a', handle: async ({ id }) => void two.push(id) }),
        bus.consume({ topic, group: 'b', handle: async ({ id }) => void other.push(id) }),
      ];
      const ids = many(200).map(({ id }) => id);
      await bus.publish(topic, many(200));
      await has(other, 200);
      await until(() => (one.length + two.length === 200 ? true : undefined), waitMs);
      assert.deepEqual(other, ids);
      assert.deepEqual([...one, ...two].toSorted(), ids.toSorted());
      await Promise.all(members.map(({ close }) => close()));
    });

    test('brings an event whose handling failed again, and others meanwhile', async () => {
      const topic = topicOf();
      const handled: string[] = [];
      let failures = 0;
      const handle = async ({ subject }: CloudEvent) => {
        if (subject === 'hard' && failures < 2) {
          failures += 1;
          throw new Error('Not yet, says the test');
        }
        handled.push(subject);
      };
      const member = bus.consume({ topic, group: 'a', handle });
      await bus.publish(topic, [event('hard'), event('easy')]);
      await has(handled, 2);
      assert.deepEqual(handled, ['easy', 'hard']);
      assert.equal(failures, 2);
      await member.close();
    });

    test('closes a consumer when it has done what it was doing', async () => {
      const topic = topicOf();
      const begun = Promise.withResolvers<void>();
      const end = Promise.withResolvers<void>();
      const handle = () => {
        begun.resolve();
        return end.promise;
      };
      const member = bus.consume({ topic, group: 'a', handle });
      await bus.publish(topic, [event('slow')]);
      await begun.promise;
      const said: string[] = [];
      const closing = member.close().finally(() => said.push('closed'));
      await bus.publish(topic, [event('next')]);
      said.push('done');
      end.resolve();
      await closing;
      assert.deepEqual(said, ['done', 'closed']);
    });

    test('tells live values at once to who hears them in this process, until it leaves', async () => {
      const heard: Live[] = [];
      const leave = bus.hear(channel, { heard: (live) => heard.push(live) });
      assert.equal(bus.isLiveHeard(channel), true);
      const live = { key: 'van', value: { vehicle: 'van', sequence: 1 } };
      bus.announce(channel, [live]);
      assert.deepEqual(heard, [live]);
      leave();
      bus.announce(channel, [live]);
      assert.ok(heard.length < 3);
    });

    test('tells the others a live value that one who hears it cannot take', async () => {
      const heard: Live[] = [];
      const fails = () => {
        throw new Error('A mistake, says the test');
      };
      const leaves = [fails, (live: Live) => heard.push(live)].map((each) =>
        bus.hear(channel, { heard: each }),
      );
      bus.announce(channel, [{ key: 'van', value: { vehicle: 'van' } }]);
      assert.ok(heard.length > 0);
      for (const leave of leaves) leave();
    });
  });
}

test('a group in one process takes so many events, and then none that would be lost', async () => {
  const bus = createBus();
  const heard: CloudEvent[] = [];
  bus.subscribe('things', (one) => heard.push(one));
  const handle = () => new Promise<void>(() => undefined);
  bus.consume({ topic: 'things', group: 'stuck', handle });
  await bus.publish('things', many(10_000));
  await assert.rejects(bus.publish('things', [event('more')]), { code: 'overloaded' });
  assert.equal(heard.length, 10_000);
});
