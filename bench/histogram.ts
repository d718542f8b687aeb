/** A count of durations in microseconds, exact to 1.6 %, that never grows. */
export type Histogram = {
  add: (us: number) => void;
  /** In milliseconds; 0 when nothing was counted. */
  quantileMs: (share: number) => number;
  count: () => number;
  clear: () => void;
};

const stepBits = 6;
const steps = 2 ** stepBits;

export function createHistogram(): Histogram {
  const counts = new Uint32Array(steps * (32 - stepBits));
  let total = 0;
  return {
    add(us) {
      const index = indexOf(us < 0 ? 0 : Math.round(us));
      counts[index] = (counts[index] ?? 0) + 1;
      total += 1;
    },
    quantileMs(share) {
      const wanted = Math.ceil(total * share);
      let seen = 0;
      for (const [index, count] of counts.entries()) {
        seen += count;
        if (count > 0 && seen >= wanted) return middleOf(index) / 1_000;
      }
      return 0;
    },
    count: () => total,
    clear() {
      counts.fill(0);
      total = 0;
    },
  };
}

/** Each doubling of the value has as many steps as the one before. */
function indexOf(us: number): number {
  if (us < steps) return us;
  const shift = 31 - Math.clz32(us) - stepBits;
  return (shift + 1) * steps + ((us >> shift) & (steps - 1));
}

function middleOf(index: number): number {
  if (index < steps) return index;
  const shift = Math.floor(index / steps) - 1;
  return ((index % steps) + steps + 0.5) * 2 ** shift;
}
