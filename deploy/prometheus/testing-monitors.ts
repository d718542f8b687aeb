import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import { stringify } from 'yaml';
import { freePort } from '../../src/testing/free-port.ts';
import { findProgram } from './testing-programs.ts';
import { readYaml, ruleFiles, type RuleFile } from './testing-rules.ts';

/** What Alertmanager says to a webhook. */
export type Told = {
  receiver: string;
  alerts: {
    status: 'firing' | 'resolved';
    labels: Record<string, string>;
    annotations: Record<string, string>;
  }[];
};

type Prometheus = {
  global: Record<string, unknown>;
  alerting: { alertmanagers: unknown[] };
  scrape_configs: { job_name: string }[];
};
type Route = Record<string, unknown> & { routes?: Route[] };
type Alertmanager = {
  route: Route;
  receivers: { webhook_configs: { url: string }[] }[];
};

export const prometheus = findProgram('prometheus', 'prometheus');
export const alertmanager = findProgram(
  'prometheus-alertmanager',
  'prometheus-alertmanager',
  'alertmanager',
);

const shipped = {
  prometheus: join(import.meta.dirname, 'prometheus.yaml'),
  alertmanager: join(import.meta.dirname, '..', 'alertmanager', 'alertmanager.yaml'),
};

/** A place for webhooks that remembers what it was told. */
export async function startSink(): Promise<{ url: string; told: Told[] }> {
  const told: Told[] = [];
  const server = createServer((request, response) => {
    void remember(request, told).finally(() => response.end());
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, told };
}

async function remember(request: IncomingMessage, told: Told[]): Promise<void> {
  told.push(JSON.parse(await text(request)) as Told);
}

/**
 * Prometheus and Alertmanager as they are shipped, but that one process is asked, each second, and
 * that a minute of waiting is a second.
 */
export async function startMonitors(folder: string, target: string, sink: string): Promise<string> {
  const [port, otherPort] = [await freePort(), await freePort()];
  const [own, other] = [`127.0.0.1:${port}`, `127.0.0.1:${otherPort}`];
  await writeConfigs(folder, { target, sink, alertmanager: other });
  const all = [
    alertmanager.start([
      `--config.file=${folder}/alertmanager.yaml`,
      `--storage.path=${folder}/alertmanager`,
      `--web.listen-address=${other}`,
      '--cluster.listen-address=',
      '--log.level=warn',
    ]),
    prometheus.start([
      `--config.file=${folder}/prometheus.yaml`,
      `--storage.tsdb.path=${folder}/tsdb`,
      `--web.listen-address=${own}`,
      '--log.level=warn',
    ]),
  ];
  after(() => Promise.all(all.map(({ stop }) => stop())));
  return `http://${own}`;
}

type Places = { target: string; sink: string; alertmanager: string };

async function writeConfigs(folder: string, places: Places): Promise<void> {
  await mkdir(join(folder, 'rules'));
  const files = {
    'prometheus.yaml': withPlaces(readYaml(shipped.prometheus) as Prometheus, places),
    'alertmanager.yaml': withSink(readYaml(shipped.alertmanager) as Alertmanager, places.sink),
    ...Object.fromEntries(
      [...ruleFiles].map(([name, file]) => [join('rules', name), inHaste(file)]),
    ),
  };
  await Promise.all(
    Object.entries(files).map(([name, file]) => writeFile(join(folder, name), stringify(file))),
  );
}

const at = (place: string) => [{ targets: [place] }];

function withPlaces(config: Prometheus, places: Places): Prometheus {
  return {
    ...config,
    global: {
      ...config.global,
      scrape_interval: '1s',
      scrape_timeout: '1s',
      evaluation_interval: '1s',
    },
    alerting: { ...config.alerting, alertmanagers: [{ static_configs: at(places.alertmanager) }] },
    scrape_configs: config.scrape_configs
      .filter(({ job_name: job }) => job === 'bazar')
      .map((job) => ({ job_name: job.job_name, static_configs: at(places.target) })),
  };
}

function withSink(config: Alertmanager, sink: string): Alertmanager {
  const receivers = config.receivers.map((receiver) => ({
    ...receiver,
    webhook_configs: receiver.webhook_configs.map((webhook) => ({
      ...webhook,
      url: webhook.url.replace(/^http:\/\/[^/]+/, sink),
    })),
  }));
  return { ...config, receivers, route: hurried(config.route) };
}

function hurried(route: Route): Route {
  const haste = { group_wait: '1s', group_interval: '1s' };
  return { ...route, ...haste, ...(route.routes && { routes: route.routes.map(hurried) }) };
}

const sooner = (wait: string) => wait.replace('m', 's').replace('h', 'm');

function inHaste({ groups }: RuleFile): RuleFile {
  return {
    groups: groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => ({
        ...rule,
        ...(rule.for !== undefined && { for: sooner(rule.for) }),
      })),
    })),
  };
}
