import { Type } from 'typebox';
import { defineApi, strict } from '../platform/api.ts';
import { trackingApi } from '../tracking/api.ts';

const vehicleId = trackingApi.addFixes.params.properties.id;

/** Each app adds fields of its own, so what is not known here is taken, within bounds, and ignored. */
const fieldsMax = 50;
const text = (description: string) => Type.Optional(Type.String({ maxLength: 200, description }));
const OtherText = Type.String({ maxLength: 1_000 });
const Other = Type.Union([OtherText, Type.Array(OtherText, { maxItems: fieldsMax })]);

const query = Type.Object(
  {
    id: Type.Optional(vehicleId),
    deviceid: Type.Optional(vehicleId),
    key: text('An API key, for devices that cannot send the header `Authorization`.'),
    lat: text('Degrees north.'),
    lon: text('Degrees east.'),
    location: text('Instead of both: `lat,lon`.'),
    timestamp: text(
      'Seconds or milliseconds since 1970, or ISO 8601, in UTC if no zone is said; now, if absent.',
    ),
    speed: text('Knots.'),
    bearing: text('Degrees, clockwise from north.'),
    heading: text('The same.'),
    altitude: text('m'),
    accuracy: text('m'),
    hdop: text('Without a unit.'),
    valid: text('`false` or `0` if the device does not believe its own place.'),
  },
  { additionalProperties: Other, maxProperties: fieldsMax },
);

const anything = { additionalProperties: true, maxProperties: fieldsMax };
const reading = (description: string) =>
  Type.Optional(Type.Union([Type.Number(), Type.Null()], { description }));

const body = Type.Object(
  {
    location: Type.Optional(
      Type.Object(
        {
          timestamp: Type.Optional(Type.String({ maxLength: 40, description: 'As in the query.' })),
          coords: Type.Object(
            {
              latitude: Type.Number({ description: 'Degrees north.' }),
              longitude: Type.Number({ description: 'Degrees east.' }),
              accuracy: reading('m'),
              speed: reading('m/s'),
              heading: reading('Degrees, clockwise from north.'),
              altitude: reading('m'),
            },
            anything,
          ),
        },
        anything,
      ),
    ),
    device_id: Type.Optional(vehicleId),
    // The query and the body come as one, so what names the vehicle is checked wherever it is.
    id: Type.Optional(vehicleId),
    deviceid: Type.Optional(vehicleId),
  },
  anything,
);

const reply = strict({
  result: Type.Enum(['stored', 'known', 'refused'], {
    description:
      '`known`: there is a fix of this time already. `refused`: nothing was stored and never will be.',
  }),
  reason: Type.Optional(Type.String({ description: 'Why it was refused.' })),
});

const refuses = ['unauthorized', 'forbidden', 'notFound'] as const;
const about =
  'For the apps OsmAnd and Traccar Client, and whatever reports like them. The key may be given as ' +
  '`key` in the query, where proxies may log it: use one that is bound to the vehicle. What is ' +
  'negative and cannot be is what the phone does not know. A fix whose time is wrong is answered ' +
  'with 200 and `refused`, because phones send again what is answered otherwise, before all newer ' +
  'fixes.';

/** Phones that report where they are, in a form of their own. */
export const osmandApi = defineApi({
  reportByOsmAnd: {
    method: 'GET',
    path: '/v1/osmand',
    summary: 'Report where a phone is, as OsmAnd does',
    description: `A GET that changes something, since that is how this form was made. ${about}`,
    query,
    reply,
    refuses,
  },
  postByOsmAnd: {
    method: 'POST',
    path: '/v1/osmand',
    summary: 'Report where a phone is, as Traccar Client does',
    description: `In the query, or since version 9 of Traccar Client in the body. ${about}`,
    query,
    body,
    reply,
    refuses,
  },
});
