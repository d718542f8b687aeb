import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from './errors.ts';
import { createMetrics } from './metrics.ts';
import { createReporter } from './report.ts';
import { history, points, reportBounds, reportFields } from './report-shapes.ts';
import { strict } from './api.ts';
import { checks } from './validate.ts';

/** A process whose clock stands still until somebody lets time go by. */
function setup() {
  const metrics = createMetrics();
  let ms = 0;
  const findings = [{ name: 'redis', needed: false, ok: false, detail: 'x'.repeat(1_000) }];
  const id = '6f93ea2d-6bb7-4b78-91a0-767e5216acaa';
  const startedAt = new Date(0).toISOString();
  const reporter = createReporter({
    about: { id, host: 'here', pid: 1, targets: ['all'], version: '0.0.0', startedAt },
    metrics,
    health: { findings: async () => findings },
    counted: { things: { operation: 'make', status: '201' } },
    now: () => new Date(ms),
    clockMs: () => ms,
  });

  function answer(operation: string, status: number, seconds = 0.003): void {
    metrics.requests.inc({ operation, status: String(status) });
    metrics.requestSeconds.observe({ operation }, seconds);
  }

  /** Lets so much time go by, with a sample every ten seconds. */
  async function pass(seconds: number, eachTime: () => void = () => undefined): Promise<void> {
    const times = Array.from({ length: seconds / 10 });
    await times.reduce<Promise<void>>(async (before) => {
      await before;
      eachTime();
      ms += 10_000;
      await reporter.sample();
    }, Promise.resolve());
  }

  const skip = (seconds: number): void => {
    ms += seconds * 1_000;
  };
  return { metrics, reporter, answer, pass, skip };
}

test('counts what the registry counts', async () => {
  const { metrics, reporter, answer } = setup();
  for (const status of [200, 201, 404, 409, 500, 503, 503]) answer('make', status);
  metrics.requests.inc({ operation: 'make', status: 'aborted' });
  metrics.batchSize.observe({ batcher: 'place' }, 6);
  metrics.batchSize.observe({ batcher: 'place' }, 2);
  metrics.batcherWaiting.set({ batcher: 'place' }, 5);
  metrics.poolConnections.set({ service: 'orders', state: 'busy' }, 3);
  metrics.securityEvents.inc({ event: 'log-in refused' }, 2);
  metrics.invariantViolations.inc({ service: 'catalog', invariant: 'K1' }, 4);
  metrics.lastAudit.set({ service: 'catalog' }, 1_767_225_600);

  const report = await reporter.report();

  const [make, ...rest] = report.operations;
  assert.deepEqual(rest, []);
  assert.partialDeepStrictEqual(make, { operation: 'make', requests: 8, errors: 3, refusals: 2 });
  const text = await metrics.registry.getSingleMetricAsString('bazar_requests_total');
  const counted = [...text.matchAll(/ (\d+)$/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  assert.equal(make?.requests, counted);
  const place = { name: 'place', batches: 2, items: 8, meanSize: 4, waiting: 5 };
  assert.deepEqual(report.batchers, [place]);
  assert.deepEqual(report.pools, [{ service: 'orders', busy: 3, idle: 0, waiting: 0 }]);
  assert.deepEqual(report.security, [{ event: 'log-in refused', count: 2 }]);
  const violation = { service: 'catalog', invariant: 'K1', violations: 4 };
  assert.deepEqual(report.invariants, [violation]);
  assert.deepEqual(report.audits, [{ service: 'catalog', at: '2026-01-01T00:00:00.000Z' }]);
});

test('says how fast requests come in the last minute', async () => {
  const { reporter, answer, pass } = setup();
  await reporter.sample();
  await pass(120, () => [1, 2, 3].forEach(() => answer('make', 200)));
  await pass(30);

  const [make] = (await reporter.report()).operations;

  // Three in each of three times ten seconds, and then nothing for thirty.
  assert.equal(make?.perSecond, 0.15);
  assert.equal(make?.requests, 36);
});

test('takes a rate since the start for as long as there is no minute', async () => {
  const { reporter, answer, skip } = setup();
  await reporter.sample();
  answer('make', 200);
  answer('make', 200);
  skip(4);
  assert.equal((await reporter.report()).operations[0]?.perSecond, 0.5);
});

test('says how long requests took in the last five minutes, and nothing of older ones', async () => {
  const { reporter, answer, pass } = setup();
  await reporter.sample();
  answer('make', 200, 3);
  await pass(600);
  const without = (await reporter.report()).operations[0];
  for (let i = 0; i < 99; i += 1) answer('make', 200, 0.002);
  answer('make', 200, 9);
  const withNew = (await reporter.report()).operations[0];

  assert.deepEqual([without?.p50Ms, without?.p99Ms], [undefined, undefined]);
  assert.equal(without?.requests, 1);
  assert.ok(withNew?.p50Ms && withNew.p50Ms > 1 && withNew.p50Ms <= 2.5, String(withNew?.p50Ms));
  assert.equal(withNew.p99Ms, 2.5);
});

test('keeps a point for each half minute, and no more than an hour', async () => {
  const { reporter, answer, pass } = setup();
  await reporter.sample();
  await pass(3_000);
  await pass(1_200, () => answer('make', 201));
  await pass(30, () => ['make', 'health', 'metrics'].forEach((name) => answer(name, 500)));

  const { at, everySeconds, points: count, series } = (await reporter.report()).history;

  assert.deepEqual([at, everySeconds, count], [new Date(4_230_000).toISOString(), 30, 120]);
  for (const line of Object.values(series)) assert.equal(line.length, 120);
  assert.deepEqual(series.requestsPerSecond.slice(78, 81), [0, 0.1, 0.1]);
  assert.deepEqual(series.things.slice(-2), [0.1, 0]);
  assert.deepEqual(series.errorsPerSecond.slice(-2), [0, 0.1]);
  assert.deepEqual(series.p50Ms.slice(77, 80), [null, null, 3.75]);
});

test('leaves holes where the process stood still', async () => {
  const { reporter, answer, pass, skip } = setup();
  await reporter.sample();
  await pass(30);
  skip(85);
  answer('make', 200);
  await pass(10);

  const { series } = (await reporter.report()).history;

  assert.deepEqual(series.requestsPerSecond, [0, null, null, 0.01053]);
});

test('shows the worst delay of the event loop of a half minute', async () => {
  const { metrics, reporter, pass } = setup();
  await reporter.sample();
  const delays = [0.002, 0.05, 0.001, 0.001, 0.003, 0.001];
  await pass(60, () => metrics.eventLoopDelay.set(delays.shift() ?? 0));

  const report = await reporter.report();

  assert.deepEqual(report.history.series.eventLoopDelayMs, [50, 3]);
  assert.equal(report.eventLoopDelayP99Ms, 1);
});

test('tells of faults the newest, and nothing of those who are refused', () => {
  const { recentErrors } = createMetrics();
  const asked = (i: number) => () => ({ operation: `o${i}`, requestId: 'r', traceId: 't' });
  for (let i = 0; i < 60; i += 1) {
    recentErrors.note(new AppError('unavailable', 'away'), asked(i));
    recentErrors.note(new AppError('overloaded', 'busy'), asked(i));
    recentErrors.note(new AppError('conflict', 'no'), asked(i));
  }

  const errors = recentErrors.newestFirst();

  assert.equal(errors.length, reportBounds.errorsMax);
  assert.deepEqual([errors[0]?.operation, errors.at(-1)?.operation], ['o59', 'o10']);
  assert.ok(errors.every(({ code, status }) => code === 'unavailable' && status === 503));
});

test('the fullest report fits its own shape, and into 64 KiB', async () => {
  const { metrics, reporter, answer, pass } = setup();
  await reporter.sample();
  await pass(3_700, () => answer('make', 201, 0.123));
  for (let i = 0; i < 300; i += 1) {
    for (let j = 0; j < 40; j += 1) answer(`an operation with a long name ${i}`, 200, j / 30);
    metrics.batchSize.observe({ batcher: `a batcher with a long name ${i}` }, i);
    metrics.securityEvents.inc({ event: `an event with a long name ${i}` });
    metrics.recentErrors.note(new AppError('outcomeUnknown', 'y'.repeat(500)), () => ({
      operation: 'an operation with a long name',
      requestId: 'r'.repeat(64),
      traceId: 't'.repeat(32),
    }));
  }

  const report = await reporter.report();

  const shape = strict({ ...reportFields, history: history({ things: points('Made.') }) });
  checks()('body', shape)(JSON.parse(JSON.stringify(report)));
  assert.equal(report.operations.length, reportBounds.operationsMax);
  const bytes = Buffer.byteLength(JSON.stringify(report));
  assert.ok(bytes < 64 * 1024, String(bytes));
});
