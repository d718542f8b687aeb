import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorOf, processOf, systemOf } from './fixture.ts';
import { upSeconds, verdictOf, versionsOf } from './verdict.ts';

const redis = { ok: true };

test('says in one sentence that all is well, and what that is', () => {
  assert.deepEqual(verdictOf(systemOf()), {
    level: 'good',
    sentence: 'All well: 1 process, 4 services, PostgreSQL answers, books add up',
    more: [],
  });
});

test('counts services, not what else a process does, and names Redis where it is', () => {
  const targets = [['gateway'], ['users', 'catalog'], ['orders', 'tracking'], ['gateway']];
  const processes = targets.map((names, i) =>
    processOf({ id: `${i}`, targets: names, postgres: [], invariants: [], audits: [], redis }),
  );

  assert.equal(
    verdictOf(systemOf(processes)).sentence,
    'All well: 4 processes, 4 services, Redis answers',
  );
});

test('does not call books right that nobody has looked at', () => {
  const { sentence } = verdictOf(systemOf([processOf({ audits: [{ service: 'catalog' }] })]));

  assert.match(sentence, /books are being checked$/);
});

test('tells the worst first and all else after it', () => {
  const process = processOf({
    checks: [
      { name: 'users database', needed: true, ok: false, detail: 'no answer in time' },
      { name: 'orders database', needed: true, ok: false, detail: 'no answer in time' },
      { name: 'redis', needed: false, ok: false, detail: 'refused' },
    ],
    redis: { ok: false },
    eventLoopDelayP99Ms: 900,
    invariants: [{ service: 'catalog', invariant: 'K1', violations: 2 }],
    recentErrors: [errorOf(10), errorOf(20), errorOf(900)],
  });

  const { level, sentence, more } = verdictOf(systemOf([process]));

  assert.equal(level, 'bad');
  assert.equal(sentence, 'Books do not add up: K1 of catalog violated');
  assert.deepEqual(
    more.map((finding) => `${finding.level} ${finding.text.replace(/at .*/, 'at …')}`),
    [
      'bad Users database and orders database failed: no answer in time',
      'warn Redis failed: refused',
      'warn 2 errors in the last 5 minutes, the last in placeOrder at …',
      'warn Too busy to be quick: all (1)',
    ],
  );
});

test('misses a service only where all processes can be heard', () => {
  const processes = [processOf({ targets: ['gateway', 'users', 'catalog'] })];

  assert.equal(verdictOf(systemOf(processes)).sentence, 'No process runs orders and tracking');
  assert.equal(verdictOf(systemOf(processes, false)).level, 'good');
});

test('warns of a database before it is full, and of one that is held up', () => {
  const database = { services: ['users'], ok: true, connectionsMax: 100 };
  const levelOf = (fields: object) =>
    verdictOf(systemOf([processOf({ postgres: [{ ...database, ...fields }] })])).level;

  assert.deepEqual([{ connections: 90 }, { connections: 91 }, { ok: false }].map(levelOf), [
    'good',
    'warn',
    'bad',
  ]);
  assert.deepEqual(
    [{ oldestTransactionSeconds: 60 }, { oldestTransactionSeconds: 61 }].map(levelOf),
    ['good', 'warn'],
  );
});

test('warns where several versions run', () => {
  const processes = [processOf(), processOf({ id: 'two', version: '0.9.0' })];

  assert.deepEqual(versionsOf(processes), ['0.9.0', '1.0.0']);
  assert.equal(verdictOf(systemOf(processes)).sentence, 'Different versions run: 0.9.0 and 1.0.0');
});

test('has been up for as long as its oldest process', () => {
  const young = processOf({ id: 'two', startedAt: '2026-01-02T11:59:00.000Z' });

  assert.equal(upSeconds(systemOf([young, processOf()])), 7_200);
});
