import type { Config } from './config.ts';
import type { Bus } from './platform/bus.ts';
import { createBus } from './platform/bus-here.ts';
import type { Health } from './platform/health.ts';
import type { Lifecycle } from './platform/lifecycle.ts';
import type { Log } from './platform/log.ts';
import type { Metrics } from './platform/metrics.ts';
import { processChannel } from './platform/report.ts';
import { gpsChannel } from './tracking/gps-state.ts';

type Parts = {
  config: Config;
  health: Health;
  log: Log;
  metrics: Metrics;
  lifecycle: Lifecycle;
};

/** How services hear of each other: in this process, or through Redis in all of them. */
export async function openBus(parts: Parts): Promise<Bus> {
  const { config, log, lifecycle } = parts;
  const bus = config.redisUrl ? await redisBus(config.redisUrl, parts) : createBus({ log });
  lifecycle.opened('bus', () => bus.close());
  return bus;
}

async function redisBus(url: string, { health, log, metrics }: Parts): Promise<Bus> {
  // Whoever needs no Redis need not carry its client.
  const { openRedisBus } = await import('./platform/bus-redis.ts');
  const liveChannels = {
    [gpsChannel]: { keyField: 'vehicle' },
    [processChannel]: { keyField: 'id' },
  };
  const bus = openRedisBus({ url, log, metrics, liveChannels });
  // Without it nobody hears of others, but everything else goes on.
  health.uses('redis', bus.check);
  return bus;
}
