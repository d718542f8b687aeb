import type { api } from '../base/session.ts';

/** What Bazar tells of all its processes. */
export type System = Awaited<ReturnType<typeof api.getSystem>>;
export type Process = System['processes'][number];
export type Operation = Process['operations'][number];
export type Batcher = Process['batchers'][number];
export type Pool = Process['pools'][number];
export type Postgres = Process['postgres'][number];
export type Redis = NonNullable<Process['redis']>;

/** Told apart by where they run; targets come first, because that is what one looks for. */
export function nameOf({ targets, host, pid }: Process): string {
  return `${targets.join(', ')} on ${host}, process ${pid}`;
}

/** For a table, a list or a sentence: those that say the same of the same thing. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  return [...Map.groupBy(items, keyOf).values()];
}

export function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** The greatest of what is known. */
export function greatest(values: readonly (number | null | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}
