/** How long back, in seconds, or from one time to another. */
export type Chosen = { length: string; from: string; to: string };

export const periods = [
  ['900', 'Last 15 minutes'],
  ['3600', 'Last hour'],
  ['21600', 'Last 6 hours'],
  ['86400', 'Last 24 hours'],
  ['own', 'From … to …'],
] as const;

export function periodOf({ length, from, to }: Chosen, nowMs: number) {
  if (length === 'own') return { fromMs: Date.parse(from), toMs: Date.parse(to) };
  return { fromMs: nowMs - Number(length) * 1_000, toMs: nowMs };
}

/** As a field for local time wants it. */
export function localText(timeMs: number): string {
  const offsetMs = new Date(timeMs).getTimezoneOffset() * 60_000;
  return new Date(timeMs - offsetMs).toISOString().slice(0, 16);
}
