import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readQuery } from '../grafana/testing-promql.ts';
import { findProgram } from './testing-programs.ts';
import {
  alerts,
  readYaml,
  ruleFiles,
  rules,
  rulesFolder,
  ruleTests,
  testFiles,
  testsFolder,
} from './testing-rules.ts';

type Route = { receiver: string; matchers?: string[]; routes?: Route[] };
type Alertmanager = {
  route: Route;
  receivers: { name: string }[];
  inhibit_rules: { source_matchers: string[]; target_matchers: string[] }[];
};
type Prometheus = {
  rule_files: string[];
  scrape_configs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[];
};

const promtool = findProgram('prometheus', 'promtool');
const amtool = findProgram('prometheus-alertmanager', 'amtool');
const prometheusFile = join(import.meta.dirname, 'prometheus.yaml');
const alertmanagerFile = join(import.meta.dirname, '..', 'alertmanager', 'alertmanager.yaml');
const runbooks = join(import.meta.dirname, '..', '..', 'docs', 'runbooks');

const names = alerts.map(({ alert }) => alert);
const linksIn = (text: string) => [...text.matchAll(/\]\(([^)#]+)/g)].map(([, path = '']) => path);
const runbookOf = ({ annotations }: { annotations?: Record<string, string> }) =>
  annotations?.['runbook_url']?.replace('{{ $externalLabels.runbooks }}/', '') ?? '';

test('every rule can be read, and its tests as well', () => {
  const asked = ruleTests.flatMap((one) => one.promql_expr_test ?? []);
  for (const { expr } of [...rules, ...asked]) assert.deepEqual(readQuery(expr).broken, []);
  for (const { input_series: told } of ruleTests) {
    for (const { series } of told) assert.deepEqual(readQuery(series).broken, []);
  }
});

test('what rules ask of each other is recorded by one of them', () => {
  const recorded = new Set(rules.map(({ record }) => record));
  const asked = rules.flatMap(({ expr }) => readQuery(expr).asked.map(({ metric }) => metric));
  for (const metric of asked.filter((name) => name.includes(':'))) {
    assert.ok(recorded.has(metric), metric);
  }
});

test('files of rules are groups and nothing else, so that other tools can take them as they are', () => {
  for (const [name, file] of ruleFiles) assert.deepEqual(Object.keys(file), ['groups'], name);
  const groups = [...ruleFiles.values()].flatMap((file) => file.groups.map(({ name }) => name));
  assert.deepEqual(groups, [...new Set(groups)]);
});

test('every alert has a name of its own, and says whom to tell what', () => {
  assert.deepEqual(names, [...new Set(names)]);
  for (const { alert, labels, annotations } of alerts) {
    assert.match(alert, /^Bazar[A-Z]/);
    assert.ok(['page', 'ticket'].includes(labels?.['severity'] ?? ''), `${alert}: severity`);
    assert.match(annotations?.['summary'] ?? '', /\S/, alert);
    assert.match(annotations?.['description'] ?? '', /\S.*\.$/, alert);
  }
});

test('every alert has a runbook, every runbook an alert, and the index has them all', () => {
  const pages = readdirSync(runbooks).filter((name) => name !== 'README.md');
  const index = readFileSync(join(runbooks, 'README.md'), 'utf8');
  assert.deepEqual(new Set(alerts.map(runbookOf)), new Set(pages));
  for (const { alert, labels, ...rule } of alerts) {
    const row = index.split('\n').find((line) => line.startsWith(`| \`${alert}\``)) ?? '';
    assert.deepEqual(linksIn(row), [runbookOf(rule)], `${alert} in the index`);
    assert.ok(row.includes(`| ${labels?.['severity']} `), `${alert}: severity in the index`);
  }
});

test('every runbook names its alerts, and leads nowhere that is not there', () => {
  for (const rule of alerts) {
    const text = readFileSync(join(runbooks, runbookOf(rule)), 'utf8');
    assert.ok(text.includes(`\`${rule.alert}\``), rule.alert);
  }
  for (const page of readdirSync(runbooks)) {
    const text = readFileSync(join(runbooks, page), 'utf8');
    for (const link of linksIn(text))
      assert.ok(existsSync(join(runbooks, link)), `${page}: ${link}`);
  }
});

test('of every alert it is tried when it comes and when not', () => {
  const tried = ruleTests.flatMap((one) => one.alert_rule_test ?? []);
  for (const alert of names) {
    const outcomes = tried.filter(({ alertname }) => alertname === alert);
    assert.ok(
      outcomes.some(({ exp_alerts: found }) => found.length > 0),
      `${alert} fires nowhere`,
    );
    assert.ok(
      outcomes.some(({ exp_alerts: found }) => found.length === 0),
      `${alert} is silent nowhere`,
    );
  }
  for (const { alertname } of tried) assert.ok(names.includes(alertname), alertname);
  assert.deepEqual(testFiles.get('clean.yaml')?.rule_files, ['../rules/*.yaml']);
});

test('Prometheus asks every service, as many as stand behind its name', () => {
  const { scrape_configs: jobs } = readYaml(prometheusFile) as Prometheus;
  const places = jobs.map(({ job_name: job, dns_sd_configs: found }) => [
    job,
    ...found.flatMap(({ names: hosts, port }) => hosts.map((host) => `${host}:${port}`)),
  ]);
  const ofBazar = ['gateway', 'users', 'catalog', 'orders', 'tracking', 'bazar'];
  assert.deepEqual(places, [
    ...ofBazar.map((name) => [name, `${name}:9464`]),
    ['postgres', 'postgres-exporter:9187'],
    ['redis', 'redis-exporter:9121'],
    ['cadvisor', 'cadvisor:8080'],
  ]);
});

test('what is told of a cause silences alerts that there are, and no wrong books', () => {
  const { inhibit_rules: inhibitions } = readYaml(alertmanagerFile) as Alertmanager;
  assert.ok(inhibitions.length > 0);
  for (const { source_matchers: sources, target_matchers: targets } of inhibitions) {
    assert.ok(alertsOf(sources).length > 0 && alertsOf(targets).length > 0);
    assert.ok(!alertsOf(targets).includes('BazarBooksWrong'));
  }
});

/** The alerts that matchers of Alertmanager name; each part of a pattern names some. */
function alertsOf(matchers: readonly string[]): string[] {
  const patterns = matchers.flatMap((one) => /^alertname=~?"(.+)"$/.exec(one)?.[1] ?? []);
  return patterns
    .flatMap((pattern) => pattern.split('|'))
    .flatMap((part) => {
      const matched = names.filter((alert) => new RegExp(`^(?:${part})$`).test(alert));
      assert.ok(matched.length > 0, `${part} is no alert`);
      return matched;
    });
}

test('promtool takes configuration and rules', { skip: promtool.isMissing }, async () => {
  const { isContent, said } = await promtool.run(['check', 'config', prometheusFile]);
  assert.ok(isContent, said);
  for (const file of ruleFiles.keys()) assert.ok(said.includes(join(rulesFolder, file)), file);
});

test(
  'each alert comes with its fault, and none on an ordinary day',
  {
    skip: promtool.isMissing,
  },
  async () => {
    const files = [...testFiles.keys()].map((file) => join(testsFolder, file));
    const { isContent, said } = await promtool.run(['test', 'rules', ...files]);
    assert.ok(isContent, said);
  },
);

test('amtool takes the configuration', { skip: amtool.isMissing }, async () => {
  const { isContent, said } = await amtool.run(['check-config', alertmanagerFile]);
  assert.ok(isContent, said);
});

for (const severity of ['page', 'ticket']) {
  test(`a ${severity} reaches whom it is for`, { skip: amtool.isMissing }, async () => {
    const flags = [`--config.file=${alertmanagerFile}`, `--verify.receivers=${severity}`];
    const labels = [`severity=${severity}`, 'alertname=BazarPostgresDown'];
    const routes = ['config', 'routes', 'test', ...flags, ...labels];
    const { isContent, said } = await amtool.run(routes);
    assert.ok(isContent, said);
  });
}
