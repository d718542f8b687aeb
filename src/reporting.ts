import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openBacklogWatch } from './backlog.ts';
import { isHere, type Config } from './config.ts';
import { localServices, type DatabaseUrls } from './databases.ts';
import type { OwnSystem } from './gateway/system.ts';
import type { Bus } from './platform/bus.ts';
import { openDatabase } from './platform/database.ts';
import { openDatabaseWatch } from './platform/database-watch.ts';
import type { Health } from './platform/health.ts';
import type { Lifecycle } from './platform/lifecycle.ts';
import type { Log } from './platform/log.ts';
import type { Metrics } from './platform/metrics.ts';
import { createReporter, processChannel } from './platform/report.ts';
import { serviceNames } from './settings.ts';

type Parts = {
  config: Config;
  databaseUrls: DatabaseUrls;
  bus: Bus;
  health: Health;
  metrics: Metrics;
  version: string;
  log: Log;
  lifecycle: Lifecycle;
};

const sampleEveryMs = 10_000;
const tellEveryMs = 5_000;
/** The finest delay of the event loop that is told. */
const resolutionMs = 20;

/** Lets this process tell how it is: here whoever asks, and with Redis all others. */
export function openReporting(parts: Parts): OwnSystem {
  const { config, bus, health, metrics, version, log, lifecycle } = parts;
  watchDatabases(parts);
  const startedAt = new Date(Date.now() - process.uptime() * 1_000).toISOString();
  const id = randomUUID();
  const targets = [...config.targets];
  metrics.buildInfo.set({ version, targets: targets.join(',') }, 1);
  const about = { id, host: hostname(), pid: process.pid, targets, version, startedAt };
  // Each is placed at one public door, however many processes it then goes through.
  const placed = { operation: 'placeOrder', status: '201' };
  const counted = { ordersPerSecond: isHere(config, 'gateway') ? placed : undefined };
  const clock = { now: () => new Date(), clockMs: () => performance.now() };
  const reporter = createReporter({ about, metrics, health, counted, ...clock });

  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();

  async function sample(): Promise<void> {
    metrics.eventLoopDelay.set(Math.max(0, delay.percentile(99) / 1e6 - resolutionMs) / 1_000);
    delay.reset();
    await reporter.sample();
  }

  async function tell(): Promise<void> {
    bus.announce(processChannel, [{ key: id, value: await reporter.report() }]);
  }

  const safely = (work: () => Promise<void>) => () =>
    void work().catch((err: unknown) => log.warn({ err }, 'could not say how this process is'));
  safely(sample)();
  const timers = [setInterval(safely(sample), sampleEveryMs).unref()];
  if (config.redisUrl) timers.push(setInterval(safely(tell), tellEveryMs).unref());
  lifecycle.opened('reporting', async () => {
    timers.forEach(clearInterval);
    delay.disable();
  });
  const isAlone = !config.redisUrl && serviceNames.every((name) => isHere(config, name));
  return { report: reporter.report, isAlone };
}

/** Each with a connection of its own, so that what is asked does not wait behind the books. */
function watchDatabases({ config, databaseUrls, metrics, log, lifecycle }: Parts): void {
  const byUrl = Map.groupBy(localServices(config), (name) => databaseUrls[name] ?? '');
  for (const [url, services] of byUrl) {
    const service = `${services.join('+')} watch`;
    const options = { connectionsMax: 1, statementMsMax: 2_000, log, metrics };
    const database = openDatabase({ service, url, ...options });
    lifecycle.opened(`${service} database`, database.close);
    const watch = openDatabaseWatch({ services, database, metrics, log });
    lifecycle.opened(service, watch.close);
    for (const name of services) {
      const { staleSeconds } = config;
      const backlog = openBacklogWatch({ service: name, database, staleSeconds, metrics, log });
      if (backlog) lifecycle.opened(`${name} backlog watch`, backlog.close);
    }
  }
}
