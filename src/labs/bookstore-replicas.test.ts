import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../postgres/wait.ts';
import { expectStatus, type Answer, type Ask } from '../testing/http.ts';
import type { CacheCounts } from './bookstore-cache.ts';
import { startLab, type RunningLab } from './testing-lab.ts';

const waitMsMax = 20_000;
const triesMax = 50;
const two = { replicas: 2, poolMax: 2 };

type Sign = { msg?: string; part?: string; replicaPid?: number };

function partsOf(lab: RunningLab) {
  const signs = (): Sign[] => (lab.log as Sign[]).filter(({ msg }) => msg === 'a replica is there');
  const pids = () => signs().map(({ replicaPid = 0 }) => replicaPid);
  return {
    pids,
    /** The process of each replica of a part that was there at the beginning. */
    of: (wanted: string) =>
      signs()
        .filter(({ part }) => part === wanted)
        .map(({ replicaPid = 0 }) => replicaPid),
    untilThere: async (count: number) => {
      await until(() => pids().length >= count || undefined, waitMsMax);
      assert.equal(pids().length, count);
    },
  };
}

function doorsOf(lab: RunningLab) {
  return { front: lab.ask('front'), catalog: lab.ask('catalog'), order: lab.ask('order') };
}

async function shown(ask: Ask, id: number): Promise<{ quantity: number; price: number }> {
  const { body } = expectStatus(await ask(`GET /info/${id}?form=list`), 200);
  return body as { quantity: number; price: number };
}

async function countsOf(front: Ask): Promise<CacheCounts> {
  return (await front('GET /cache')).body as CacheCounts;
}

/** What a client does that was not told how its purchase went. */
async function insist(ask: Ask, key: string, tries = triesMax): Promise<Answer> {
  const answer = await ask('POST /purchase/1', { headers: { 'idempotency-key': key } });
  return answer.status < 500 || tries <= 1 ? answer : insist(ask, key, tries - 1);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('shows every acknowledged change, although it keeps what it has read', async () => {
  const { front, catalog, order } = doorsOf(await startLab('bookstore', two));
  await shown(front, 2);
  await shown(front, 2);
  assert.deepEqual(await countsOf(front), { hits: 1, misses: 1, invalidations: 0, size: 1 });

  expectStatus(await front('POST /purchase/2'), 200);
  assert.deepEqual(await countsOf(front), { hits: 1, misses: 1, invalidations: 1, size: 0 });
  assert.deepEqual(await shown(front, 2), { title: 'RPCs for Noobs', quantity: 9, price: 50 });
  expectStatus(await order('POST /purchase/2'), 200);
  assert.equal((await shown(front, 2)).quantity, 8);
  expectStatus(await catalog('PUT /update/2/amount_of_items/4'), 200);
  assert.equal((await shown(front, 2)).quantity, 12);
  expectStatus(await catalog('PUT /update/2/price/7.5'), 200);
  assert.equal((await shown(front, 2)).price, 7.5);
  await shown(catalog, 3);
  expectStatus(await front('POST /invalidate/info/2'), 200);
  const { size, invalidations } = await countsOf(front);
  assert.deepEqual([size, invalidations], [1, 5]);

  // Readers all the while, who would put back what was true before.
  const readers = Array.from({ length: 60 }, () => shown(front, 2));
  const writers = Array.from({ length: 12 }, () => front('POST /purchase/2'));
  await Promise.all([...readers, ...writers]);
  assert.equal((await shown(front, 2)).quantity, 0);
  expectStatus(await front('GET /info/99'), 404);
  expectStatus(await front('POST /purchase/2'), 409);
});

test('sells ten books to forty buyers while a replica of each server is killed', async () => {
  const lab = await startLab('bookstore', two);
  const { front, catalog, order } = doorsOf(lab);
  const parts = partsOf(lab);
  await parts.untilThere(4);
  const victims = [parts.of('catalog')[0] ?? 0, parts.of('order')[0] ?? 0];

  const buyers = Array.from({ length: 40 }, (_, i) => insist(i % 2 ? front : order, `buyer-${i}`));
  const readers = Array.from({ length: 40 }, () => front('GET /info/1?form=list'));
  await Promise.race(buyers);
  for (const pid of victims) process.kill(pid, 'SIGKILL');
  const statuses = (await Promise.all(buyers)).map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, 10);
  assert.equal(statuses.filter((status) => status === 409).length, 30);
  for (const answer of await Promise.all(readers)) expectStatus(answer, 200);
  const [kept, asked] = await Promise.all([shown(front, 1), catalog('GET /query/1')]);
  assert.deepEqual([kept.quantity, asked.body], [0, { result: false }]);

  // Those that came instead are asked like the others: here they are all that is left.
  await parts.untilThere(6);
  for (const part of ['catalog', 'order']) process.kill(parts.of(part)[1] ?? 0, 'SIGKILL');
  expectStatus(await catalog('PUT /update/1/amount_of_items/1'), 200);
  assert.equal((await insist(front, 'the-last-one')).status, 200);
  assert.equal((await shown(front, 1)).quantity, 0);
  await parts.untilThere(8);
});

test('answers for a replica that hangs, and leaves no process behind when killed', async () => {
  const lab = await startLab('bookstore', { ...two, deadlineMs: 2_000 });
  const { front } = doorsOf(lab);
  const parts = partsOf(lab);
  await parts.untilThere(4);
  const hanging = parts.of('catalog')[0] ?? 0;
  process.kill(hanging, 'SIGSTOP');
  try {
    const answers = await Promise.all([shown(front, 1), shown(front, 2), shown(front, 3)]);
    assert.deepEqual(
      answers.map(({ quantity }) => quantity),
      [10, 10, 10],
    );
  } finally {
    process.kill(hanging, 'SIGCONT');
  }
  await lab.kill();
  const gone = () => parts.pids().every((pid) => !isAlive(pid)) || undefined;
  assert.ok(await until(gone, waitMsMax));
});
