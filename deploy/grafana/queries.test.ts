import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { until } from '../../src/postgres/wait.ts';
import { redisIsMissing, startRedis } from '../../src/testing/redis.ts';
import { filledIn, questionsOf, readBoards, selectorOf } from './testing-boards.ts';
import {
  askPostgresExporter,
  askRedisExporter,
  postgresExporterIsMissing,
  redisExporterIsMissing,
} from './testing-exporters.ts';
import { readLexicon, type Lexicon } from './testing-lexicon.ts';
import { readQuery, type Query } from './testing-promql.ts';
import { metricsOf, startBusyShop, untoldMetrics } from './testing-shop.ts';

const waitMsMax = 60_000;
const questions = readBoards().flatMap(questionsOf);
const queries = questions
  .filter(({ datasource }) => datasource === 'prometheus')
  .map(({ where, expr }) => ({ where, ...readQuery(filledIn(selectorOf(expr))) }));

/** Prometheus puts these on whatever it has asked a target for, and makes these itself. */
const ofTarget = new Set(['job', 'instance']);
const ofPrometheus: Lexicon = new Map([
  ['up', new Set()],
  ['ALERTS', new Set(['alertstate'])],
]);
/** cAdvisor does not run here: what it tells is in its docs/storage/prometheus.md. */
const ofContainers: Lexicon = new Map([
  ['container_cpu_cfs_throttled_periods_total', new Set(['name'])],
  ['container_memory_working_set_bytes', new Set(['name'])],
  ['container_spec_memory_limit_bytes', new Set(['name'])],
]);
const isRecorded = (metric: string) => metric.includes(':');
const isTold = (metric: string) => /^(bazar|process|nodejs|pg|redis|container)_/.test(metric);
const isOfBus = (metric: string) => /^bazar_(bus|streams)_/.test(metric);
const isOfProcess = (metric: string) => /^(bazar|process|nodejs)_/.test(metric) && !isOfBus(metric);
const isOf = (prefix: string) => (metric: string) => metric.startsWith(prefix);

const redis = redisIsMissing ? undefined : await startRedis();
const bazar = await startBusyShop(redis);
const untold = readLexicon([await untoldMetrics()]);

test('every query for Prometheus can be read, and asks for something', () => {
  for (const { where, broken, asked } of queries) {
    assert.deepEqual(broken, [], where);
    assert.ok(asked.length > 0, where);
    for (const { metric } of asked) assert.notEqual(metric, '', where);
  }
});

test('what rules are to have computed is computed by one', () => {
  const folder = join(import.meta.dirname, '..', 'prometheus', 'rules');
  type Rules = { groups: { rules: { record?: string }[] }[] };
  const groups = readdirSync(folder).flatMap(
    (file) => (parse(readFileSync(join(folder, file), 'utf8')) as Rules).groups,
  );
  const recorded = new Set(groups.flatMap(({ rules }) => rules.map(({ record }) => record)));
  const asked = queries.flatMap((query) => query.asked.map(({ metric }) => metric));
  for (const metric of asked.filter(isRecorded)) assert.ok(recorded.has(metric), metric);
});

test('what is asked of cAdvisor is known of it, and kept by Prometheus', () => {
  compare(ofContainers, isOf('container_'));
  const file = join(import.meta.dirname, '..', 'prometheus', 'prometheus.yaml');
  type Config = {
    scrape_configs: { job_name: string; metric_relabel_configs?: { regex: string }[] }[];
  };
  const { scrape_configs: jobs } = parse(readFileSync(file, 'utf8')) as Config;
  const [kept] =
    jobs.find(({ job_name: name }) => name === 'cadvisor')?.metric_relabel_configs ?? [];
  const pattern = new RegExp(`^(?:${kept?.regex ?? ''})$`);
  for (const metric of ofContainers.keys()) assert.match(metric, pattern);
});

describe('a running Bazar', () => {
  test('tells every number that dashboards ask of it, with every label', async () => {
    compare(await lexiconOf(isOfProcess), isOfProcess);
  });

  test('tells those of streams and of the bus', { skip: redisIsMissing }, async () => {
    compare(await lexiconOf(isOfBus), isOfBus);
  });

  test('logs what dashboards look for in the logs', () => {
    const fields = new Set(bazar.log.flatMap((line) => Object.keys(line)));
    for (const { where, datasource, expr } of questions) {
      if (datasource !== 'loki') continue;
      for (const field of fieldsOf(expr)) assert.ok(fields.has(field), `${where}: ${field}`);
    }
  });

  test(
    'has a Redis whose exporter tells what is asked of it',
    { skip: redisIsMissing || redisExporterIsMissing },
    async () => {
      compare(readLexicon([await askRedisExporter(redis?.url ?? '')]), isOf('redis_'));
    },
  );

  test(
    'has a PostgreSQL whose exporter tells what is asked of it',
    { skip: postgresExporterIsMissing },
    async () => {
      compare(readLexicon([await askPostgresExporter()]), isOf('pg_'));
    },
  );
});

test('nothing is asked that nobody tells', () => {
  compare(ofPrometheus, (metric) => !isTold(metric) && !isRecorded(metric));
});

/** What it tells; some numbers are there only after a look at the database. */
async function lexiconOf(isAsked: (metric: string) => boolean): Promise<Lexicon> {
  let lexicon: Lexicon = new Map();
  await until(async () => {
    lexicon = readLexicon([await metricsOf(bazar)]);
    // It has announced these all the same.
    for (const [metric, labels] of untold) if (lexicon.has(metric)) lexicon.set(metric, labels);
    return queries.every((query) => gapsIn(query, lexicon, isAsked).length === 0) || undefined;
  }, waitMsMax);
  return lexicon;
}

/** Every metric that is asked for is told, and every label of it is there. */
function compare(lexicon: Lexicon, isAsked: (metric: string) => boolean): void {
  for (const query of queries) {
    assert.deepEqual(gapsIn(query, lexicon, isAsked), [], query.where);
  }
}

function gapsIn(query: Query, lexicon: Lexicon, isAsked: (metric: string) => boolean): string[] {
  const asked = query.asked.filter(({ metric }) => isAsked(metric));
  const picked = asked.flatMap(({ metric, labels }) => {
    const known = lexicon.get(metric);
    if (!known) return [metric];
    return labels
      .filter((label) => !known.has(label) && !ofTarget.has(label))
      .map((label) => `${metric}{${label}}`);
  });
  // By what a query groups, one of its metrics has it; those of others are looked at there.
  const isWhole = asked.length > 0 && asked.length === query.asked.length;
  const grouped = (isWhole ? query.grouping : []).filter(
    (label) => !ofTarget.has(label) && !asked.some(({ metric }) => lexicon.get(metric)?.has(label)),
  );
  return [...picked, ...grouped.map((label) => `by (${label})`)];
}

/** Fields of a line that a query of LogQL names: in its selector, and in what it shows. */
function fieldsOf(expr: string): string[] {
  const [selector = ''] = /\{[^}]*"\}/.exec(expr) ?? [];
  const labels = [...selector.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label = '']) => label);
  const shown = [...expr.matchAll(/\{\{\.(\w+)\}\}/g)].map(([, field = '']) => field);
  assert.ok(labels.length > 0, expr);
  return [...labels, ...shown];
}
