import { signal } from '@preact/signals';

/** A sample as the lab tells it; what the track does not tell is null. */
export type Gps = {
  timestamp: number;
  latitude: number;
  longitude: number;
  elevation: number | null;
  accuracy: number | null;
  bearing: number | null;
  speed_meters_per_second: number | null;
  satellites: number | null;
  hdop: number | null;
  vdop: number | null;
  pdop: number | null;
  distance_meters: number;
  elapsed_time_seconds: number;
};
export type Sample = Gps & { total_meters: number };

const samplesMax = 5_000;

export const columns = [
  'timestamp',
  'latitude',
  'longitude',
  'elevation',
  'accuracy',
  'bearing',
  'speed_meters_per_second',
  'satellites',
  'hdop',
  'vdop',
  'pdop',
  'distance_meters',
  'elapsed_time_seconds',
  'total_meters',
] as const satisfies readonly (keyof Sample)[];

/** What a page has: samples, the oldest first, and how the last request or the stream went. */
export function createSamples(nextFrame: (work: () => void) => void = requestAnimationFrame) {
  const all = signal<readonly Sample[]>([]);
  const status = signal({ text: 'Waiting for the first sample.', isFailure: false });
  let fresh: Sample[] = [];

  function show(): void {
    all.value = [...all.value, ...fresh].slice(-samplesMax);
    fresh = [];
  }

  return {
    all,
    status,
    /** However many come before the next picture, it is drawn once. */
    add: (gps: Gps, totalMeters: number): void => {
      // A page that nobody looks at draws no pictures, and samples come all the same.
      if (fresh.length === samplesMax) fresh.shift();
      fresh.push({ ...gps, total_meters: totalMeters });
      if (fresh.length === 1) nextFrame(show);
    },
    say: (text: string, isFailure = false): void => {
      status.value = { text, isFailure };
    },
  };
}

export type Samples = ReturnType<typeof createSamples>;

export const clockText = (seconds: number): string =>
  new Date(seconds * 1_000).toISOString().slice(11, 19);

export function cellText(column: keyof Sample, value: number | null): string {
  if (value === null) return '–';
  if (column === 'timestamp') return new Date(value * 1_000).toISOString();
  return String(Number(value.toFixed(7)));
}
