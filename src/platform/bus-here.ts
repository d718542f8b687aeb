import type { Bus, Listener, Live, LiveListener } from './bus.ts';
import { guarded } from './bus-guarded.ts';
import { createGroup, type Group } from './bus-here-group.ts';
import { AppError } from './errors.ts';
import type { Log } from './log.ts';

/** The bus of a process that has everything; what it has not told when the process ends is gone. */
export function createBus({ log }: { log?: Log } = {}): Bus {
  const listenersOf = new Map<string, Set<Listener>>();
  const hearersOf = new Map<string, Set<LiveListener>>();
  const groupsOf = new Map<string, Map<string, Group>>();

  function groupOf(topic: string, name: string): Group {
    const groups = groupsOf.get(topic) ?? new Map<string, Group>();
    groupsOf.set(topic, groups);
    const found = groups.get(name);
    if (found) return found;
    const onEmpty = () => void groups.delete(name);
    const group = createGroup({ topic, name, onEmpty, log });
    groups.set(name, group);
    return group;
  }

  return {
    async publish(topic, events) {
      const groups = [...(groupsOf.get(topic)?.values() ?? [])];
      // Before anybody is told, so that what comes again has not been heard.
      if (groups.some((group) => !group.hasRoomFor(events.length))) {
        throw new AppError('overloaded', `Too many events of ${topic} wait to be handled`);
      }
      for (const group of groups) group.add(events);
      for (const listener of listenersOf.get(topic) ?? []) {
        for (const event of events) guarded(log, () => listener(event));
      }
    },
    subscribe: (topic, listener) => join(listenersOf, topic, listener),
    consume: ({ topic, group, handle }) => groupOf(topic, group).join(handle),
    isHeard: (topic) =>
      (listenersOf.get(topic)?.size ?? 0) > 0 || (groupsOf.get(topic)?.size ?? 0) > 0,

    announce(channel, values: readonly Live[]) {
      for (const { heard } of hearersOf.get(channel) ?? []) {
        for (const live of values) guarded(log, () => heard(live));
      }
    },
    hear: (channel, listener) => join(hearersOf, channel, listener),
    isLiveHeard: (channel) => (hearersOf.get(channel)?.size ?? 0) > 0,

    async close() {
      const groups = [...groupsOf.values()].flatMap((ofTopic) => [...ofTopic.values()]);
      await Promise.all(groups.map((group) => group.close()));
    },
  };
}

function join<L extends object>(all: Map<string, Set<L>>, name: string, listener: L): () => void {
  const listeners = all.get(name) ?? new Set<L>();
  all.set(name, listeners.add(listener));
  return () => void listeners.delete(listener);
}
