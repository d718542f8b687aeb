import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createMetrics } from '../../src/platform/metrics.ts';
import { kill, said, scratch } from '../../src/postgres/testing.ts';
import { until } from '../../src/postgres/wait.ts';
import { freePort } from '../../src/testing/free-port.ts';
import { makeHome } from '../../src/testing/process.ts';
import { redisIsMissing, startRedis } from '../../src/testing/redis.ts';
import { readLexicon, type Lexicon } from '../grafana/testing-lexicon.ts';
import { readQuery, type Asked } from '../grafana/testing-promql.ts';
import {
  alertmanager,
  prometheus,
  startMonitors,
  startSink,
  type Told,
} from './testing-monitors.ts';
import { alerts, rules, ruleTests } from './testing-rules.ts';

type Targets = { activeTargets: { labels: Record<string, string>; health: string }[] };
type Groups = { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };

const waitMsMax = 60_000;
const isMissing = prometheus.isMissing || alertmanager.isMissing;
/** Prometheus adds these to whatever it has asked somebody for. */
const ofTarget = ['job', 'instance'];

/** All that rules ask for, and all that their tests say is told. */
const asked = [
  ...rules.flatMap(({ expr }) => readQuery(expr).asked),
  ...ruleTests.flatMap((one) => one.input_series.flatMap((told) => readQuery(told.series).asked)),
];
const isOfBus = ({ metric }: Asked) => /^bazar_(bus|redis)_/.test(metric);
const isOfBazar = ({ metric }: Asked) => /^(bazar|process|nodejs)_/.test(metric);

test('a live Bazar', async (t) => {
  const postgres = await startPostgresToKill(t);
  const redis = redisIsMissing ? undefined : await startRedis();
  const metricsPort = await freePort();
  const target = `127.0.0.1:${metricsPort}`;
  const { start, data } = await makeHome();
  const sink = await startSink();
  const monitors = isMissing ? '' : await startMonitors(data, target, sink.url);
  const settings = { databaseUrl: postgres.url, drainMs: 0, demoVan: true, metricsPort };
  await start({ ...settings, ...(redis && { redisUrl: redis.url }) });
  const read = async () => readLexicon([await (await fetch(`http://${target}/metrics`)).text()]);

  await t.test('tells every number that rules ask of it, with every label', async () => {
    await untilTold(
      asked.filter((one) => isOfBazar(one) && !isOfBus(one)),
      read,
    );
  });

  await t.test('tells those of the bus', { skip: redisIsMissing }, async () => {
    await untilTold(asked.filter(isOfBus), read);
  });

  await t.test('is up for Prometheus, and all rules can be reckoned', { skip: isMissing }, () =>
    expectUp(monitors),
  );

  await t.test(
    'wakes somebody when PostgreSQL is killed, and says when it is back',
    { skip: isMissing },
    async () => {
      await postgres.kill();
      const fired = await untilToldOf('firing', sink.told);
      assert.ok(fired, 'nobody was told');
      await postgres.startAgain();
      const resolved = await untilToldOf('resolved', sink.told);

      assert.equal(fired.labels['services'], 'users,catalog,orders,tracking');
      assert.equal(fired.labels['runbooks'], undefined);
      const { runbook_url: runbook } = fired.annotations;
      assert.equal(runbook, 'https://runbooks.example.com/bazar/postgres-down.md');
      assert.deepEqual(resolved?.labels, fired.labels);
      const pages = sink.told.filter(({ receiver }) => receiver === 'page');
      const paged = pages.flatMap((page) => page.alerts.map(({ labels }) => labels['alertname']));
      // On a busy machine Bazar may well be too slow to answer Prometheus within a second.
      const others = paged.filter((name = '') => !/^Bazar(PostgresDown|DoorDown)$/.test(name));
      assert.deepEqual(others, []);
    },
  );
});

/** A server that somebody else keeps, so that both can be killed. */
async function startPostgresToKill(t: TestContext) {
  const place = await scratch(t);
  const keeper = place.fork();
  const { url, error } = await said(keeper);
  assert.ok(url, error ?? 'no server');
  return {
    url,
    async kill() {
      const server = await place.serverPid();
      await kill(keeper.pid ?? 0);
      await kill(server);
    },
    startAgain: () => place.start(),
  };
}

async function untilTold(wanted: readonly Asked[], read: () => Promise<Lexicon>): Promise<void> {
  assert.ok(wanted.length > 0);
  let gaps: string[] = [];
  await until(async () => {
    const lexicon = await read();
    gaps = wanted.flatMap((one) => gapsIn(one, lexicon));
    return gaps.length === 0 || undefined;
  }, waitMsMax);
  assert.deepEqual([...new Set(gaps)], []);
}

/** What nothing was counted of yet has no sample, but it has been declared. */
const declared = new Map(
  createMetrics()
    .registry.getMetricsAsArray()
    .map((metric) => [metric.name, (metric as unknown as { labelNames: string[] }).labelNames]),
);

function gapsIn({ metric, labels }: Asked, lexicon: Lexicon): string[] {
  const seen = lexicon.get(metric);
  if (!seen) return [metric];
  const base = metric.replace(/_(bucket|sum|count)$/, '');
  const known = [...ofTarget, ...seen, ...(declared.get(metric) ?? declared.get(base) ?? [])];
  // Of what is neither declared at once nor counted yet, nobody knows.
  if (known.length === ofTarget.length && !declared.has(metric)) return [];
  return labels.filter((label) => !known.includes(label)).map((label) => `${metric}{${label}}`);
}

async function expectUp(monitors: string): Promise<void> {
  const ask = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${monitors}/api/v1/${path}`);
    return ((await answer.json()) as { data: T }).data;
  };
  const targets = await until(async () => {
    const { activeTargets: all } = await ask<Targets>('targets').catch(() => ({
      activeTargets: [],
    }));
    return all.length > 0 && all.every(({ health }) => health === 'up') ? all : undefined;
  }, waitMsMax);
  assert.deepEqual(
    targets?.map(({ labels }) => labels['job']),
    ['bazar'],
  );

  const reckoned = await until(async () => {
    const { groups } = await ask<Groups>('rules');
    const all = groups.flatMap((group) => group.rules);
    return all.every(({ health }) => health !== 'unknown') ? all : undefined;
  }, waitMsMax);
  assert.deepEqual(
    reckoned?.filter(({ health }) => health !== 'ok'),
    [],
  );
  const loaded = new Set(reckoned?.map(({ name }) => name));
  assert.deepEqual(
    alerts.filter(({ alert }) => !loaded.has(alert)),
    [],
  );
}

/** The page about PostgreSQL, once it was sent. */
function untilToldOf(status: 'firing' | 'resolved', told: readonly Told[]) {
  return until(
    () =>
      told
        .filter(({ receiver }) => receiver === 'page')
        .flatMap((one) => one.alerts)
        .find((one) => one.status === status && one.labels['alertname'] === 'BazarPostgresDown'),
    waitMsMax,
  );
}
