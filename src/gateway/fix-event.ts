import type { Live } from '../platform/bus.ts';
import type { Service } from '../platform/api.ts';
import type { trackingApi } from '../tracking/api.ts';
import type { Place } from './box.ts';

export type News = Awaited<ReturnType<Service<typeof trackingApi>['listNews']>>;

/** Where a vehicle was seen. */
export type Spotted = {
  vehicleId: string;
  ownerId: string | undefined;
  /** The time of the fix, in milliseconds. */
  sequence: number;
  place: Place;
  /** What is told of it, without whose it is. */
  data: Record<string, unknown>;
};

/** What is told besides vehicle, time and place, and what GPS loggers call it. */
const particulars = {
  elevation: 'elevation',
  accuracy: 'accuracy',
  bearing: 'bearing',
  speedMetersPerSecond: 'speed_meters_per_second',
  satellites: 'satellites',
  hdop: 'hdop',
  vdop: 'vdop',
  pdop: 'pdop',
  distanceMeters: 'distance_meters',
  elapsedTimeSeconds: 'elapsed_time_seconds',
};

/** What the bus says; nothing, if it cannot be understood. */
export function spottedLive({ value }: Live): Spotted | undefined {
  const { vehicle, sequence, latitude, longitude, owner_id: ownerId } = value;
  if (typeof vehicle !== 'string' || !isTime(sequence)) return undefined;
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return undefined;
  const data: Record<string, unknown> = {
    vehicleId: vehicle,
    timestamp: new Date(sequence).toISOString(),
    latitude,
    longitude,
  };
  for (const [field, name] of Object.entries(particulars)) {
    if (typeof value[name] === 'number') data[field] = value[name];
  }
  return {
    vehicleId: vehicle,
    ownerId: typeof ownerId === 'string' ? ownerId : undefined,
    sequence,
    place: { latitude, longitude },
    data,
  };
}

/** What tracking remembers. */
export function spottedNews(item: News['items'][number]): Spotted {
  const { ownerId, ...fix } = item;
  const sequence = Date.parse(fix.timestamp);
  const { vehicleId, latitude, longitude } = fix;
  const data = { ...fix, timestamp: new Date(sequence).toISOString() };
  return { vehicleId, ownerId, sequence, place: { latitude, longitude }, data };
}

const dataMark = ',"data":';

/** So that the data can be found again at the end of the event. */
export function fixEventText({ vehicleId, sequence, data }: Spotted): string {
  const about = {
    specversion: '1.0',
    id: `${vehicleId}.${sequence}`,
    source: '/tracking',
    type: 'fix.v1',
    subject: vehicleId,
    sequence: String(sequence),
    time: data['timestamp'],
    datacontenttype: 'application/json',
  };
  return `${JSON.stringify(about).slice(0, -1)}${dataMark}${JSON.stringify(data)}}`;
}

/** The data out of what `fixEventText` made, at the end of a longer text. */
export function dataOf(text: string): string {
  return text.slice(text.indexOf(dataMark) + dataMark.length, text.lastIndexOf('}'));
}

/** A date has its limits. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15;
}
