import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { pino } from 'pino';
import { until } from '../postgres/wait.ts';
import { openAuditor, type Violation } from './audit.ts';
import { createMetrics } from './metrics.ts';

/** An auditor that is kept busy, and what it has said. */
function audited(audit: (closing: AbortSignal) => Promise<Violation[]>) {
  const lines: Record<string, unknown>[] = [];
  const write = (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>);
  const metrics = createMetrics();
  const auditor = openAuditor({
    name: 'shop',
    invariants: ['A1', 'A2'],
    everyMs: 1,
    audit,
    log: pino({ base: null, formatters: { level: (level) => ({ level }) } }, { write }),
    metrics,
  });
  after(auditor.close);
  const exported = () => metrics.registry.metrics();
  return { auditor, lines, exported };
}

test('each invariant is counted from nothing on', async () => {
  const { auditor, exported } = audited(() => Promise.resolve([]));
  const text = await exported();
  assert.match(text, /bazar_invariant_violations_total\{service="shop",invariant="A1"\} 0\n/);
  assert.match(text, /bazar_invariant_violations_total\{service="shop",invariant="A2"\} 0\n/);
  await auditor.close();
});

test('each violation is an error in the log and counts, in every audit', async () => {
  const violation = { invariant: 'A2', subject: 'product P', detail: 'is 1, should be 2' };
  let audits = 0;
  const { auditor, lines, exported } = audited(async () => {
    audits += 1;
    return audits > 2 ? [] : [violation];
  });
  assert.ok(await until(() => audits > 3 || undefined, 5_000));
  await auditor.close();

  const errors = lines.filter(({ level }) => level === 'error');
  assert.deepEqual(
    errors.map(({ invariant, subject, detail }) => ({ invariant, subject, detail })),
    [violation, violation],
  );
  const text = await exported();
  assert.match(text, /invariant="A2"\} 2\n/);
  assert.match(text, /invariant="A1"\} 0\n/);
  const [, seconds] = /bazar_last_audit_timestamp_seconds\{service="shop"\} (\S+)/.exec(text) ?? [];
  assert.ok(Math.abs(Number(seconds) - Date.now() / 1_000) < 60);
});

test('an audit that fails is not taken for one that found nothing', async () => {
  let audits = 0;
  const { auditor, lines, exported } = audited(() => {
    audits += 1;
    return Promise.reject(new Error('no database'));
  });
  assert.ok(await until(() => audits > 1 || undefined, 5_000));
  await auditor.close();

  assert.equal(lines[0]?.['level'], 'warn');
  assert.doesNotMatch(await exported(), /bazar_last_audit_timestamp_seconds\{/);
});

test('who closes it need not wait for the end of a long audit', async () => {
  const begun = Promise.withResolvers<void>();
  const { auditor, exported } = audited(async (closing) => {
    const aborted = new Promise((resolve) => closing.addEventListener('abort', resolve));
    begun.resolve();
    await aborted;
    return [];
  });
  await begun.promise;
  await auditor.close();
  assert.doesNotMatch(await exported(), /bazar_last_audit_timestamp_seconds\{/);
});
