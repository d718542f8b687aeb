import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBusMetrics } from '../platform/bus-redis-standing.ts';
import { expectProblem } from '../testing/http.ts';
import { processesMax, type ProcessReport } from './system-api.ts';
import { openSystemDoor, startSystem } from './testing-system.ts';

test('tells staff, and nobody else', async () => {
  const { ask } = await openSystemDoor();
  const statusFor = async (token?: string) => (await ask('GET /v1/system', { token })).status;

  assert.equal(await statusFor(), 401);
  assert.deepEqual(
    await Promise.all(['customer', 'courier', 'key'].map(statusFor)),
    [403, 403, 403],
  );
  assert.equal(await statusFor('staff'), 200);
});

test('says of its own process what /metrics says', async () => {
  const { ask, read, metrics } = await openSystemDoor();
  const asked = ['look', 'look', 'look', 'fail', 'nothing'];
  for (const path of asked) {
    // oxlint-disable-next-line no-await-in-loop -- on one connection each ends before the next
    await ask(`GET /${path}`, { token: 'staff' });
  }

  const { isWhole, processes } = await read();

  const [own] = processes;
  assert.deepEqual([isWhole, processes.length], [true, 1]);
  assert.deepEqual(own?.checks, [{ name: 'a database', needed: true, ok: true }]);
  const text = await metrics.registry.getSingleMetricAsString('bazar_requests_total');
  for (const { operation, requests, errors, refusals } of own.operations) {
    const counted = (status: string) =>
      [...text.matchAll(new RegExp(`"${operation}",status="${status}"} (\\d+)`, 'g'))]
        .map(([, count]) => Number(count))
        .reduce((sum, count) => sum + count, 0);
    const expected = [counted('\\w+'), counted('5..'), counted('4..')];
    assert.deepEqual([requests, errors, refusals], expected, operation);
  }
  const names = own.operations.map(({ operation, requests }) => `${operation} ${requests}`);
  assert.deepEqual(names.toSorted(), ['fail 1', 'look 3', 'none 1']);
});

test('shows what went wrong, with the ids that find it in the logs', async () => {
  const { ask, read } = await openSystemDoor();
  const failed = expectProblem(await ask('GET /fail', { token: 'staff' }), 500);
  const lacking = expectProblem(await ask('GET /lack', { token: 'staff' }), 503);
  const waiting = expectProblem(await ask('GET /wait', { token: 'staff' }), 504);
  const headers = { 'x-deadline-ms': '10' };
  expectProblem(await ask('GET /wait', { token: 'staff', headers }), 504);
  await ask('GET /nothing', { token: 'staff' });

  const { processes } = await read();

  const at = new Date().toISOString().slice(0, 10);
  const shown = processes[0]?.recentErrors.map((error) => ({
    ...error,
    at: error.at.slice(0, 10),
  }));
  const expected = [waiting, lacking, failed].map(
    ({ code, status, detail, requestId, traceId }, i) => {
      const operation = ['wait', 'lack', 'fail'][i];
      return { at, status, code, detail, operation, requestId, traceId };
    },
  );
  assert.deepEqual(shown, expected);
  assert.doesNotMatch(JSON.stringify(shown), /a secret/);
});

test('shows a process until it has been silent for fifteen seconds', async () => {
  const { say, read, report, pass } = startSystem();
  const idsNow = async () => (await read()).processes.map(({ id }) => id);
  const ofOther = { ...(await report()), id: 'other', targets: ['orders'] };
  say(ofOther);
  pass(14);
  const before = await idsNow();
  say({ ...ofOther, pid: 2 });
  pass(14);
  const [, still] = (await read()).processes;
  pass(2);

  assert.deepEqual(before, ['own', 'other']);
  assert.partialDeepStrictEqual(still, { id: 'other', pid: 2, targets: ['orders'] });
  assert.deepEqual(await idsNow(), ['own']);
});

test('shows itself as it is now, and not as it was when it said so', async () => {
  const { say, read, report, metrics } = startSystem();
  say(await report());
  metrics.requests.inc({ operation: 'look', status: '200' });

  const { processes } = await read();

  assert.deepEqual(
    processes.map(({ operations }) => operations[0]?.requests),
    [1],
  );
});

test('drops what is no report', async () => {
  const { say, read, report } = startSystem();
  const good = { ...(await report()), id: 'good' };
  say({ id: 'nothing' });
  say({ ...good, id: 'with too much', more: 1 });
  say({ ...good, id: 'x'.repeat(101) });
  say({ ...good, id: 'with text', memoryBytes: '1' });
  say({ ...good, id: 'with many', targets: Array.from({ length: 51 }, () => 'all') });
  say({ ...good, id: 'without history', history: undefined });
  say(good);

  const { processes } = await read();

  assert.deepEqual(
    processes.map(({ id }) => id),
    ['own', 'good'],
  );
});

test('a flood of strangers drives out nobody who is known', async () => {
  const { say, read, report, pass } = startSystem();
  const good = await report();
  say({ ...good, id: 'known' });
  for (let i = 0; i < processesMax + 50; i += 1) say({ ...good, id: `stranger ${i}` });
  const { processes: crowd } = await read();
  pass(10);
  say({ ...good, id: 'known' });
  pass(10);

  const idsOf = (all: readonly ProcessReport[]) => all.map(({ id }) => id);
  assert.equal(crowd.length, processesMax);
  assert.deepEqual(idsOf(crowd).slice(0, 3), ['own', 'known', 'stranger 0']);
  assert.deepEqual(idsOf((await read()).processes), ['own', 'known']);
});

test('says that it is not whole where others cannot be heard', async () => {
  assert.equal((await startSystem({ isAlone: true }).read()).isWhole, true);
  const { read, metrics } = startSystem({ isAlone: false });
  assert.equal((await read()).isWhole, false);
  const { connected } = createBusMetrics(metrics);
  connected.set({ connection: 'write' }, 1);
  assert.equal((await read()).isWhole, true);
  connected.set({ connection: 'hear' }, 0);
  assert.equal((await read()).isWhole, false);
});
