import { answerOf, keepAsking, openLink, type Line } from '../platform/bus-redis-link.ts';
import { createStanding } from '../platform/bus-redis-standing.ts';
import type { Log } from '../platform/log.ts';

/** One name for the key and for the channel of the document; the author's code has the other one. */
const key = 'gps_state';
const channels = [key, 'gps_state_topic'];

/** Tells samples through Redis as the original does; while it is away they are not told. */
export function openGpsRedis({ url, log }: { url: string; log: Log }) {
  const noGauge = { set: () => undefined };
  const standing = createStanding({ at: new URL(url).host, connected: noGauge, log });
  const link = openLink({ name: 'gps', url, standing, work });

  async function send(sample: object): Promise<void> {
    const redis = link.client();
    if (!redis) return;
    const text = JSON.stringify(sample);
    const published = channels.map((channel) => redis.publish(channel, text));
    // A connection that does not answer is given up soon, so that not many can wait here.
    await answerOf(Promise.all([redis.set(key, text), ...published]));
  }

  return {
    // The link has noticed already, and says so once.
    tell: (sample: object): void => void send(sample).catch(() => undefined),
    close: () => link.close(),
  };
}

async function work(line: Line): Promise<void> {
  line.stands();
  await keepAsking(line, () => undefined);
}
