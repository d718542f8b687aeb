import type { Bus, Listener, LiveListener } from '../platform/bus.ts';

/** For tests: a bus that tells at once, and says that it has missed something when it is told to. */
export function createTestBus(): Bus & { miss: (sinceMs: number) => void } {
  const listenersOf = new Map<string, Set<Listener>>();
  const hearersOf = new Map<string, Set<LiveListener>>();
  const all = <L>(of: Map<string, Set<L>>, name: string): Set<L> => {
    const found = of.get(name) ?? new Set<L>();
    of.set(name, found);
    return found;
  };
  return {
    async publish(topic, events) {
      for (const listener of all(listenersOf, topic)) events.forEach((event) => listener(event));
    },
    subscribe(topic, listener) {
      all(listenersOf, topic).add(listener);
      return () => void all(listenersOf, topic).delete(listener);
    },
    consume: () => ({ close: async () => undefined }),
    isHeard: (topic) => all(listenersOf, topic).size > 0,
    announce(channel, values) {
      for (const { heard } of all(hearersOf, channel)) values.forEach((value) => heard(value));
    },
    hear(channel, listener) {
      all(hearersOf, channel).add(listener);
      return () => void all(hearersOf, channel).delete(listener);
    },
    isLiveHeard: (channel) => all(hearersOf, channel).size > 0,
    miss(sinceMs) {
      for (const { missed } of all(hearersOf, 'gps_state')) missed?.(sinceMs);
    },
    close: async () => undefined,
  };
}
