import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudEvent, Listener } from './bus.ts';
import { guarded } from './bus-guarded.ts';
import { answerMsMax, answerOf, openLink, type Line, type Link } from './bus-redis-link.ts';
import type { RedisClient, RedisParts } from './bus-redis-link.ts';
import { idSince, isBefore, streamOf } from './bus-redis-stream.ts';
import type { Log } from './log.ts';

type Topic = {
  name: string;
  listeners: Set<Listener>;
  /** The last event that was heard, or behind which to begin; not known before the first reading. */
  position: string | undefined;
  /** On this connection nobody has looked yet whether the position still means anything. */
  isNew: boolean;
  /** Until then, on the clock that only goes forward, everything was heard. */
  heardUntilMs: number;
};

/** New topics are read from the next reading on, so it must not take long. */
const blockMs = 500;
const readMax = 500;

/** Reads all topics that anybody listens to, on one connection, and goes on where it stopped. */
export function openReader({ url, standing, log }: RedisParts) {
  const topics = new Map<string, Topic>();
  let link: Link | undefined;
  let idling = new AbortController();

  async function work(line: Line): Promise<void> {
    for (const topic of topics.values()) topic.isNew = true;
    line.stands();
    while (!line.signal.aborted) {
      const asked = [...topics.values()];
      // oxlint-disable-next-line no-await-in-loop -- one reading after the other
      await (asked.length > 0 ? readOnce(line, asked, log) : idle(line));
    }
  }

  /** Nobody listens, but Redis must be there when somebody does. */
  async function idle({ client, signal }: Line): Promise<void> {
    await answerOf(client.ping(), { signal });
    if (topics.size > 0) return;
    idling = new AbortController();
    const either = AbortSignal.any([idling.signal, signal]);
    await sleep(answerMsMax, undefined, { signal: either }).catch(() => undefined);
  }

  function subscribe(name: string, listener: Listener): () => void {
    const topic = topics.get(name) ?? newTopic(name);
    topics.set(name, topic);
    topic.listeners.add(listener);
    idling.abort();
    link ??= openLink({ name: 'read', url, standing, work });
    return () => {
      const wasLast = topic.listeners.delete(listener) && topic.listeners.size === 0;
      if (wasLast) topics.delete(name);
    };
  }

  return { subscribe, close: async (): Promise<void> => link?.close() };
}

function newTopic(name: string): Topic {
  const listeners = new Set<Listener>();
  return { name, listeners, position: undefined, isNew: true, heardUntilMs: performance.now() };
}

async function readOnce(line: Line, topics: readonly Topic[], log: Log): Promise<void> {
  const { client, signal } = line;
  await Promise.all(topics.map((topic) => place(client, topic)));
  const askedAtMs = performance.now();
  const streams = topics.map(({ name, position = '$' }) => ({ key: streamOf(name), id: position }));
  const reading = client.xRead(streams, { BLOCK: blockMs, COUNT: readMax });
  const found = await answerOf(reading, { signal, msMax: blockMs + answerMsMax });
  for (const topic of topics) {
    const messages = found?.find(({ name }) => name === streamOf(topic.name))?.messages ?? [];
    for (const { id, message } of messages) {
      topic.position = id;
      hear(topic, message['event'], log);
    }
    topic.heardUntilMs = askedAtMs;
  }
}

/**
 * Says where to go on. A Redis that has lost its memory may give ids that are behind the last one
 * heard; then what counts is the time.
 */
async function place(client: RedisClient, topic: Topic): Promise<void> {
  if (!topic.isNew) return;
  const { position, heardUntilMs } = topic;
  const asking = client.xRevRange(streamOf(topic.name), '+', '-', { COUNT: 1 });
  const [newest] = (await answerOf(asking)) ?? [];
  if (position === undefined || isBefore(newest?.id ?? '0-0', position)) {
    topic.position = await idSince(client, heardUntilMs);
  }
  topic.isNew = false;
}

function hear({ name, position, listeners }: Topic, text: string | undefined, log: Log): void {
  const event = eventOf(text);
  if (!event) log.warn({ topic: name, id: position }, 'something on the bus is no event');
  for (const listener of event ? listeners : []) {
    guarded(log, () => listener(event as CloudEvent));
  }
}

function eventOf(text: string | undefined): CloudEvent | undefined {
  try {
    return JSON.parse(text ?? '') as CloudEvent;
  } catch {
    return undefined;
  }
}
