/**
 * The value that this share of all does not exceed, read out of the buckets of a histogram: `counts`
 * are those up to each bound, and at last all. Within a bucket all are taken to be spread evenly; what
 * is beyond the last bound is taken to be there. Nothing, if there was nothing.
 */
export function quantile(
  share: number,
  bounds: readonly number[],
  counts: readonly number[],
): number | undefined {
  const all = counts.at(-1) ?? 0;
  if (all === 0) return undefined;
  const rank = share * all;
  const i = counts.findIndex((count) => count >= rank);
  const upper = bounds[i];
  if (upper === undefined) return bounds.at(-1);
  const [lower, below] = i === 0 ? [0, 0] : [bounds[i - 1] ?? 0, counts[i - 1] ?? 0];
  const inside = (counts[i] ?? 0) - below;
  return inside === 0 ? lower : lower + ((upper - lower) * (rank - below)) / inside;
}
