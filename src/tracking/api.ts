import { Type } from 'typebox';
import { defineApi, page, paging, strict } from '../platform/api.ts';
import { averageApi } from './average-api.ts';
import {
  AskedTime,
  Fix,
  fixesMax,
  FixesReport,
  Vehicle,
  VehicleId,
  VehicleSettings,
  VehicleState,
} from './shapes.ts';

const ofVehicle = strict({ id: VehicleId });
const signedIn = ['unauthorized', 'forbidden'] as const;
const ownOnly = [...signedIn, 'notFound'] as const;

/** What is not a fix is refused by itself, with its reason, while the others are kept. */
const MaybeFix = Type.Union([Fix, Type.Unknown()]);

const between = {
  from: Type.Optional(AskedTime),
  to: Type.Optional(AskedTime),
};
const tolerance = {
  toleranceMeters: Type.Optional(
    Type.Number({
      minimum: 0.1,
      maximum: 100_000,
      description: 'Leave out fixes as long as the line stays so close to all of them.',
    }),
  ),
};
const untilNow =
  'A day before `to`, if `from` is not said; now, if `to` is not said. At most 31 days.';

/** Where things are, live and over time. Couriers see and report what is theirs, staff everything. */
export const trackingApi = defineApi({
  setVehicle: {
    method: 'PUT',
    path: '/v1/vehicles/:id',
    summary: 'Make a vehicle known, or change its name and owner',
    description: 'What is not said is removed.',
    params: ofVehicle,
    body: strict(VehicleSettings),
    reply: Vehicle,
    refuses: [...signedIn, 'notFound'],
  },
  getVehicle: {
    method: 'GET',
    path: '/v1/vehicles/:id',
    summary: 'Get one vehicle, and where it is',
    params: ofVehicle,
    reply: Vehicle,
    refuses: ownOnly,
  },
  listVehicles: {
    method: 'GET',
    path: '/v1/vehicles',
    importance: 'low',
    summary: 'List vehicles and where they are: all, in a box, or near a point',
    description:
      'In the order of their ids; with `near` the nearest first, and on one page. `box` and `near` ' +
      'find only vehicles that have been somewhere.',
    query: strict({
      box: Type.Optional(
        Type.String({
          maxLength: 100,
          description:
            'west,south,east,north in degrees; a west greater than its east crosses the date line.',
        }),
      ),
      near: Type.Optional(
        Type.String({ maxLength: 60, description: 'latitude,longitude in degrees.' }),
      ),
      radiusMeters: Type.Optional(
        Type.Number({
          minimum: 1,
          maximum: 100_000,
          description: 'How far from `near`; 1000 if not said.',
        }),
      ),
      ...paging,
    }),
    reply: page(Vehicle),
    refuses: signedIn,
  },
  getVehicleState: {
    method: 'GET',
    path: '/v1/vehicles/:id/state',
    summary: 'Where a vehicle is: its newest fix, and how old that is',
    params: ofVehicle,
    reply: VehicleState,
    refuses: [...ownOnly, 'noFixes'],
  },
  addFixes: {
    method: 'POST',
    path: '/v1/vehicles/:id/fixes',
    importance: 'high',
    summary: 'Report where a vehicle was: one fix, or up to a thousand',
    description:
      'Send one fix as it is, or `{ "fixes": [...] }`. A fix is known by its vehicle and its ' +
      'timestamp, so the same request may be sent again. Impossible fixes are refused one by one, ' +
      'and the others are kept; if none is left, that is a 400.',
    params: ofVehicle,
    body: strict({
      fixes: Type.Optional(Type.Array(MaybeFix, { minItems: 1, maxItems: fixesMax })),
      ...Type.Partial(Fix).properties,
    }),
    reply: FixesReport,
    repeatable: true,
    refuses: ownOnly,
  },
  getRoute: {
    method: 'GET',
    path: '/v1/vehicles/:id/route',
    importance: 'low',
    summary: 'The fixes of a vehicle between two times, oldest first',
    description: `${untilNow} A page that is simplified has fewer fixes than \`limit\`.`,
    params: ofVehicle,
    query: strict({
      ...between,
      ...tolerance,
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 1_000, description: '100 if not said.' }),
      ),
      cursor: paging.cursor,
    }),
    reply: page(Fix),
    refuses: ownOnly,
  },
  getRouteAsGeoJson: {
    method: 'GET',
    path: '/v1/vehicles/:id/route.geojson',
    importance: 'low',
    slow: true,
    summary: 'A route as GeoJSON',
    description: `${untilNow} At most 100000 fixes; for more, ask for a shorter time.`,
    params: ofVehicle,
    query: strict({ ...between, ...tolerance }),
    reply: Type.String(),
    contentType: 'application/geo+json',
    refuses: [...ownOnly, 'noFixes'],
  },
  getRouteAsGpx: {
    method: 'GET',
    path: '/v1/vehicles/:id/route.gpx',
    importance: 'low',
    slow: true,
    summary: 'A route as GPX 1.1',
    description: `${untilNow} At most 100000 fixes; for more, ask for a shorter time.`,
    params: ofVehicle,
    query: strict({ ...between, ...tolerance }),
    reply: Type.String(),
    contentType: 'application/gpx+xml',
    refuses: [...ownOnly, 'noFixes'],
  },
  ...averageApi,
  /** For live views that have missed something, and for those that have just come. */
  listNews: {
    method: 'GET',
    path: '/internal/tracking/news',
    summary: 'Fixes that have come since a time, or the newest of each vehicle',
    query: strict({
      since: Type.Optional(AskedTime),
      ownerId: VehicleSettings.ownerId,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    }),
    reply: strict({
      items: Type.Array(
        strict({
          vehicleId: Type.String(),
          ownerId: Type.Optional(Type.String()),
          ...Fix.properties,
          timestamp: Type.String(),
        }),
      ),
      isWhole: Type.Boolean({ description: 'Whether these are all; else they are the newest.' }),
    }),
  },
});
