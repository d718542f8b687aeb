import assert from 'node:assert/strict';
import { after } from 'node:test';
import { pino } from 'pino';
import { until } from '../postgres/wait.ts';
import type { CloudEvent } from './bus.ts';
import { openRedisBus, type RedisBus } from './bus-redis.ts';
import { createMetrics } from './metrics.ts';

export const waitMs = 8_000;
export const channel = 'places';

type Line = { level: number; msg: string; reason?: string };

export const event = (subject: string, sequence = 1): CloudEvent => ({
  specversion: '1.0',
  id: `${subject}.${sequence}`,
  source: '/tests',
  type: 'thing.done.v1',
  subject,
  sequence: String(sequence),
  time: '2026-01-01T00:00:00.000Z',
  datacontenttype: 'application/json',
  data: { text: 'Ünï "cödé" \\ 漢' },
});

/** For tests: what a process has of a bus through Redis, and what it logs and counts of it. */
export function openProcess(url: string, takeoverMs = 100) {
  const lines: Line[] = [];
  const log = pino({ level: 'info' }, { write: (text) => void lines.push(JSON.parse(text)) });
  const metrics = createMetrics();
  const liveChannels = { [channel]: { keyField: 'vehicle' } };
  const bus = openRedisBus({ url, log, metrics, liveChannels, takeoverMs });
  after(() => bus.close());

  async function valuesOf(name: string) {
    const found = await metrics.registry.getSingleMetric(name)?.get();
    return found?.values ?? [];
  }

  return {
    bus,
    /** What the log says of Redis that comes and goes. */
    said: () => lines.map(({ msg }) => msg).filter((msg) => msg.startsWith('Redis')),
    logged: () => JSON.stringify(lines),
    connected: async () =>
      (await valuesOf('bazar_bus_connected')).every(({ value }) => value === 1),
    dropped: async () => (await valuesOf('bazar_bus_dropped_total'))[0]?.value ?? 0,
  };
}

/** Until it takes events, and all of its connections stand. */
export async function ready({ bus, connected }: ReturnType<typeof openProcess>): Promise<void> {
  const isReady = async () => {
    const isTaken = await publishes(bus);
    return (isTaken && (await connected())) || undefined;
  };
  assert.ok(await until(isReady, waitMs), 'the bus did not come to stand');
}

async function publishes(bus: RedisBus): Promise<boolean> {
  return bus.publish('ready', [event('ready')]).then(
    () => true,
    () => false,
  );
}

/** The list, when it has so many. */
export const has = <T>(list: readonly T[], count: number): Promise<readonly T[] | undefined> =>
  until(() => (list.length >= count ? list : undefined), waitMs);
