import type { Live, LiveListener } from './bus.ts';
import { missedChannel } from './bus-redis-announce.ts';
import { guarded } from './bus-guarded.ts';
import { answerOf, keepAsking, openLink, type Line, type Link } from './bus-redis-link.ts';
import type { RedisClient, RedisParts } from './bus-redis-link.ts';
import type { Log } from './log.ts';

/** What is said about a channel when the bus is opened. */
export type LiveChannels = Readonly<Record<string, { keyField: string }>>;

type Hearer = {
  listener: LiveListener;
  /** Since then it wants to hear, on the clock of the day. */
  sinceMs: number;
};

type Channel = {
  name: string;
  hearers: Set<Hearer>;
  /** One function for ever, since Redis is told apart who listens by it. */
  onText: (text: string) => void;
  /** Somebody could not say all that happened from this time on. */
  onMissed: (text: string) => void;
  /** Whether all who hear it hear everything. */
  isWhole: boolean;
};

/** What was announced so long before the connection was last known to stand may come after that. */
const marginMs = 2_000;

/** Hears live values of all processes, and says when some may have been missed. */
export function openEar({ url, standing, log }: RedisParts, liveChannels: LiveChannels) {
  const named = Object.entries(liveChannels);
  const channels = new Map<string, Channel>(
    named.map(([name, { keyField }]) => [name, newChannel(name, keyField, log)]),
  );
  let link: Link | undefined;
  let aliveAtMs = -Infinity;

  async function work(line: Line): Promise<void> {
    for (const channel of channels.values()) channel.isWhole = false;
    line.stands();
    const heard = [...channels.values()].filter(({ hearers }) => hearers.size > 0);
    await Promise.all(heard.map((channel) => listen(line.client, channel)));
    await keepAsking(line, (askedAtMs) => {
      aliveAtMs = askedAtMs;
    });
  }

  async function listen(client: RedisClient, channel: Channel): Promise<void> {
    await answerOf(client.subscribe(missedChannel(channel.name), channel.onMissed));
    await answerOf(client.subscribe(channel.name, channel.onText));
    channel.isWhole = true;
    tellMissed(channel.hearers, ({ sinceMs }) => Math.max(aliveAtMs, sinceMs) - marginMs, log);
  }

  function hear(name: string, listener: LiveListener): () => void {
    const channel = channels.get(name);
    if (!channel) throw new RangeError(`Nobody has said what ${name} carries`);
    const hearer = { listener, sinceMs: Date.now() };
    channel.hearers.add(hearer);
    link ??= openLink({ name: 'hear', url, standing, work });
    const client = link.client();
    // What makes this fail breaks the connection as well, and the next one begins anew.
    if (client && !channel.isWhole) void listen(client, channel).catch(() => client.destroy());
    return () => void channel.hearers.delete(hearer);
  }

  /** Tells those in this process, for whom no Redis is needed. */
  function tellHere(name: string, values: readonly Live[]): void {
    const channel = channels.get(name);
    if (channel) for (const live of values) tell(channel.hearers, live, log);
  }

  return { hear, tellHere, close: async (): Promise<void> => link?.close() };
}

function newChannel(name: string, keyField: string, log: Log): Channel {
  const hearers = new Set<Hearer>();
  function onText(text: string): void {
    // Reading it would be in vain.
    const live = hearers.size > 0 && liveOf(text, keyField);
    if (live) tell(hearers, live, log);
  }
  function onMissed(text: string): void {
    const sinceMs = Number(text);
    if (sinceMs > 0) tellMissed(hearers, () => sinceMs, log);
  }
  return { name, hearers, onText, onMissed, isWhole: false };
}

function tellMissed(
  hearers: ReadonlySet<Hearer>,
  sinceMsOf: (hearer: Hearer) => number,
  log: Log,
): void {
  for (const hearer of hearers) {
    guarded(log, () => hearer.listener.missed?.(sinceMsOf(hearer)));
  }
}

function tell(hearers: ReadonlySet<Hearer>, live: Live, log: Log): void {
  for (const { listener } of hearers) guarded(log, () => listener.heard(live));
}

/** Anybody may say something on a channel; what has no key is not for us. */
function liveOf(text: string, keyField: string): Live | undefined {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const key = value[keyField];
    return typeof key === 'string' ? { key, value } : undefined;
  } catch {
    return undefined;
  }
}
