import type { Seen } from './fleet.ts';
import { spotOf, type Spot } from './geo.ts';

/** A vehicle on the map, on its way from where it was drawn to where it is. */
export type Mark = { seen: Seen; to: Spot; from: Spot; startMs: number };

const glideMs = 500;
/** So many can glide at a time; of more, each jumps. */
const glidingMax = 300;

/** What is on the map; a vehicle without a place is not. */
export function createMarks(glides: () => boolean) {
  const all = new Map<string, Mark>();
  let glidingUntilMs = 0;

  return {
    all: all as ReadonlyMap<string, Mark>,
    put(seen: Seen, nowMs: number): void {
      if (!seen.fix) return;
      const before = all.get(seen.id);
      const to = spotOf(seen.fix);
      const isGliding = before !== undefined && all.size <= glidingMax && glides();
      const from = isGliding ? spotAt(before, nowMs) : to;
      all.set(seen.id, { seen, to, from: nearer(from, to), startMs: nowMs });
      if (isGliding) glidingUntilMs = nowMs + glideMs;
    },
    isGliding: (nowMs: number): boolean => nowMs < glidingUntilMs,
  };
}

/** Where it is drawn at a time. */
export function spotAt({ from, to, startMs }: Mark, nowMs: number): Spot {
  const share = Math.min(1, Math.max(0, (nowMs - startMs) / glideMs));
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

/** Over the date line, and not around the world. */
function nearer(from: Spot, to: Spot): Spot {
  return { x: from.x + Math.round(to.x - from.x), y: from.y };
}
