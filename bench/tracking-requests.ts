import { vehicleName } from './tracking-spec.ts';

/** A report as it goes over the wire, in which only the vehicle and the times change. */
export type PostRequest = { bytes: Buffer; vehicleAt: number; timesAt: number[] };

const timeName = '"timestamp":"';
const stepMs = 100;

/** What a phone says, with what it knows about its own exactness. */
export function fixText(i: number, time = new Date(0).toISOString()): string {
  return JSON.stringify({
    timestamp: time,
    latitude: 50.1 + (i % 997) / 10_000,
    longitude: 8.6 + (i % 991) / 10_000,
    elevation: 112.5,
    accuracy: 4.2,
    bearing: (i * 7) % 360,
    speedMetersPerSecond: 8.5 + (i % 40) / 10,
    satellites: 9,
    hdop: 0.9,
  });
}

export function makePost(token: string | undefined, fixes: number): PostRequest {
  const texts = Array.from({ length: fixes }, (_, i) => fixText(i));
  const body = fixes === 1 ? (texts[0] ?? '') : `{"fixes":[${texts.join(',')}]}`;
  const text = [
    `POST /v1/vehicles/${vehicleName(0)}/fixes HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
    `content-length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
  const timesAt: number[] = [];
  for (let at = text.indexOf(timeName); at >= 0; at = text.indexOf(timeName, at + 1)) {
    timesAt.push(at + timeName.length);
  }
  return { bytes: Buffer.from(text), vehicleAt: text.indexOf(vehicleName(0)), timesAt };
}

/** Gives back the time of the fix that would come next. */
export function fillPost(request: PostRequest, vehicle: number, firstMs: number): number {
  const { bytes, vehicleAt, timesAt } = request;
  bytes.write(vehicleName(vehicle), vehicleAt, 'latin1');
  let atMs = firstMs;
  for (const at of timesAt) {
    bytes.write(new Date(atMs).toISOString(), at, 'latin1');
    atMs += stepMs;
  }
  return atMs;
}
