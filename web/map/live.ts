import { signal, type ReadonlySignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { AppError } from '../../src/platform/errors.ts';
import { about } from '../base/about.ts';
import { refusalOf } from '../base/load.ts';
import { api } from '../base/session.ts';
import { useStream } from '../base/stream.ts';
import { createFleet, fixesIn, vehiclesMax, type Seen } from './fleet.ts';

const pageVehicles = 100;
/** The words beside the map are written anew so often; the map itself follows each frame. */
const wordsEveryMs = 500;
const staleSecondsDefault = 60;

type Watcher = (seen: Seen) => void;
export type Live = ReturnType<typeof createLive> & { isLive: ReadonlySignal<boolean> };

/** All vehicles that the reader may see, as they move. */
export function useLive(): Live {
  const live = useMemo(createLive, []);
  const isLive = useStream({
    topics: ['fixes'],
    heard: (event) => live.hear(fixesIn(event)),
    again: live.load,
  });
  useEffect(() => {
    live.load();
    const timer = setInterval(live.tick, wordsEveryMs);
    return () => {
      clearInterval(timer);
      live.close();
    };
  }, []);
  return useMemo(() => ({ ...live, isLive }), []);
}

function createLive() {
  const fleet = createFleet();
  const watchers = new Set<Watcher>();
  const time = createTime();

  function tell(id: string): void {
    const seen = fleet.all.get(id);
    if (seen) for (const watch of watchers) watch(seen);
  }

  const listing = createListing((vehicles) => {
    const state = vehicles.find((vehicle) => vehicle.state)?.state;
    if (state) time.learn(Date.parse(state.timestamp) + state.ageSeconds * 1_000);
    fleet.list(vehicles);
    for (const { id } of vehicles) tell(id);
    return fleet.all.size < vehiclesMax;
  }, fleet.cut);

  return {
    fleet,
    ...listing,
    /** Changes when words are to be written anew. */
    nowMs: time.nowMs,
    now: time.now,
    tick: time.tick,
    hear(news: ReturnType<typeof fixesIn>): void {
      for (const fix of news) if (fleet.hear(fix)) tell(fix.vehicleId);
    },
    /** Is told of every vehicle that is there, and of all that happens to any. */
    watch(watcher: Watcher): () => void {
      watchers.add(watcher);
      for (const seen of fleet.all.values()) watcher(seen);
      return () => watchers.delete(watcher);
    },
  };
}

/** The time of the server, whose clock ages are counted by. */
function createTime() {
  let aheadMs = 0;
  const nowMs = signal(Date.now());
  const now = () => ({
    nowMs: Date.now() + aheadMs,
    staleSeconds: about.peek()?.staleSeconds ?? staleSecondsDefault,
  });
  return {
    nowMs,
    now,
    learn(serverMs: number): void {
      aheadMs = serverMs - Date.now();
    },
    tick: (): void => {
      nowMs.value = now().nowMs;
    },
  };
}

type Listed = Awaited<ReturnType<typeof api.listVehicles>>['items'];

/** Lists page after page, as long as there is room; `cut` when there was none for all. */
function createListing(take: (vehicles: Listed) => boolean, cut: () => void) {
  const isListed = signal(false);
  const problem = signal<AppError | undefined>(undefined);
  let controller = new AbortController();

  async function listFrom(cursor: string | undefined, mine: AbortSignal): Promise<void> {
    const input = { limit: pageVehicles, ...(cursor !== undefined && { cursor }) };
    const { items, nextCursor } = await api.listVehicles(input, { signal: mine });
    const isRoom = take(items);
    if (nextCursor === undefined) return;
    if (isRoom) await listFrom(nextCursor, mine);
    else cut();
  }

  async function load(): Promise<void> {
    controller.abort();
    const mine = new AbortController();
    controller = mine;
    try {
      await listFrom(undefined, mine.signal);
      problem.value = undefined;
      isListed.value = true;
    } catch (error) {
      if (!mine.signal.aborted) problem.value = refusalOf(error);
    }
  }

  return { isListed, problem, load: () => void load(), close: () => controller.abort() };
}
