import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  batchersOf,
  databasesOf,
  errorsOf,
  operationsOf,
  poolsOf,
  redisOf,
  rulesOf,
  securityOf,
} from './combine.ts';
import { errorOf, processOf } from './fixture.ts';

const operation = {
  ...{ operation: 'placeOrder', requests: 10, errors: 1, refusals: 2 },
  perSecond: 0.5,
};

test('adds up what was asked of several processes, and takes the slowest time', () => {
  const processes = [
    processOf({ operations: [{ ...operation, p50Ms: 3, p99Ms: 9 }] }),
    processOf({ operations: [{ ...operation, p50Ms: 5, p99Ms: 7 }] }),
    processOf({ operations: [{ ...operation, operation: 'getOrder' }] }),
  ];

  assert.deepEqual(operationsOf(processes), [
    {
      ...{ operation: 'placeOrder', requests: 20, errors: 2, refusals: 4 },
      ...{ perSecond: 1, p50Ms: 5, p99Ms: 9 },
    },
    { ...operation, operation: 'getOrder' },
  ]);
});

test('weighs the size of batches by how many there were', () => {
  const batcher = { name: 'place', items: 30, waiting: 1 };
  const processes = [
    processOf({ batchers: [{ ...batcher, batches: 30, meanSize: 1 }] }),
    processOf({ batchers: [{ ...batcher, batches: 10, meanSize: 3 }] }),
    processOf({ batchers: [{ name: 'idle', batches: 0, items: 0, meanSize: 0, waiting: 0 }] }),
  ];

  assert.deepEqual(batchersOf(processes), [
    { name: 'idle', batches: 0, items: 0, meanSize: 0, waiting: 0 },
    { name: 'place', batches: 40, items: 60, meanSize: 1.5, waiting: 2 },
  ]);
});

test('adds up connections of one service', () => {
  const pools = [{ service: 'users', busy: 1, idle: 2, waiting: 3 }];

  assert.deepEqual(poolsOf([processOf({ pools }), processOf({ pools })]), [
    { service: 'users', busy: 2, idle: 4, waiting: 6 },
  ]);
});

test('shows a database once, as it was last, and as away if anybody misses it', () => {
  const database = { services: ['users'], version: '18.1' };
  const older = processOf({
    reportedAt: '2026-01-02T11:59:55.000Z',
    postgres: [{ ...database, ok: false, sizeBytes: 1, connections: 7 }],
  });
  const newer = processOf({ postgres: [{ ...database, ok: true, sizeBytes: 2 }] });

  const expected = [{ ...database, ok: false, sizeBytes: 2, connections: 7 }];
  assert.deepEqual(databasesOf([older, newer]), expected);
  assert.deepEqual(databasesOf([newer, older]), expected);
});

test('knows Redis from whoever has it', () => {
  const clients = 3;

  assert.equal(redisOf([processOf()]), undefined);
  assert.deepEqual(
    redisOf([
      processOf(),
      processOf({ redis: { ok: true, clients } }),
      processOf({ redis: { ok: false } }),
    ]),
    { ok: false, clients },
  );
});

test('puts violated rules first, with the newest audit of their service', () => {
  const rule = (invariant: string, violations: number) => ({
    ...{ service: 'orders', invariant, violations },
  });
  const replica = (violations: number, at?: string) =>
    processOf({
      invariants: [rule('O1', 0), rule('O2', violations)],
      audits: [{ service: 'orders', ...(at && { at }) }],
    });

  const rules = rulesOf([
    replica(1, '2026-01-02T11:00:00.000Z'),
    replica(2, '2026-01-02T11:30:00.000Z'),
    replica(0),
  ]);

  const auditedAt = '2026-01-02T11:30:00.000Z';
  assert.deepEqual(rules, [
    { service: 'orders', invariant: 'O2', violations: 3, auditedAt },
    { service: 'orders', invariant: 'O1', violations: 0, auditedAt },
  ]);
});

test('counts security events, the most frequent first', () => {
  const security = [
    { event: 'unauthorized', count: 1 },
    { event: 'logInRefused', count: 2 },
  ];

  assert.deepEqual(securityOf([processOf({ security }), processOf({ security })]), [
    { event: 'logInRefused', count: 4 },
    { event: 'unauthorized', count: 2 },
  ]);
});

test('lists errors of all processes, newest first, and not without end', () => {
  const many = Array.from({ length: 80 }, (_, i) => errorOf(2 * i));
  const others = Array.from({ length: 80 }, (_, i) => errorOf(2 * i + 1));

  const errors = errorsOf([processOf({ recentErrors: others }), processOf({ recentErrors: many })]);

  assert.equal(errors.length, 100);
  assert.deepEqual(
    errors.slice(0, 3).map(({ traceId }) => traceId),
    ['trace 0', 'trace 1', 'trace 2'],
  );
});
