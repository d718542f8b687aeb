export type Held = { id: string; quantity: number };

type Plan = {
  whole: Held[];
  /** The last one is larger than what is left to release, and so much of it stays held. */
  split?: { held: Held; keep: number };
};

/** Whole holds while they fit, and a part of the smallest other; nothing, if all are too little. */
export function planRelease(holds: readonly Held[], quantity: number): Plan | undefined {
  const whole: Held[] = [];
  const larger: Held[] = [];
  let left = quantity;
  for (const held of holds) {
    const fits = held.quantity <= left;
    (fits ? whole : larger).push(held);
    if (fits) left -= held.quantity;
  }
  if (left === 0) return { whole };
  const [held] = larger.toSorted((a, b) => a.quantity - b.quantity);
  return held && { whole, split: { held, keep: held.quantity - left } };
}

export function sumOf(holds: readonly Held[]): number {
  return holds.reduce((total, { quantity }) => total + quantity, 0);
}
