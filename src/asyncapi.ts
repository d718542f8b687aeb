import { Type, type TSchema } from 'typebox';
import { catalogApi } from './catalog/api.ts';
import { Order } from './orders/shapes.ts';
import { strict } from './platform/api.ts';
import { FixNews, GpsState } from './tracking/shapes.ts';

type Json = Record<string, unknown>;

const lowStock = catalogApi.listLowStock.reply.properties.items;
const stock = Type.Omit(lowStock.items, ['version']);

/** What happens, by the type of its event. */
const happenings = {
  'order.placed.v1': { topic: 'orders', data: Order, summary: 'An order was placed' },
  'order.cancelled.v1': { topic: 'orders', data: Order, summary: 'An order was cancelled' },
  'order.fulfilled.v1': { topic: 'orders', data: Order, summary: 'An order has left' },
  'stock.low.v1': { topic: 'stock', data: stock, summary: 'Stock is running out' },
  'fix.v1': { topic: 'fixes', data: FixNews, summary: 'A vehicle has moved' },
} as const;

export type EventType = keyof typeof happenings;

/** CloudEvents 1.0 around what has happened. */
export function eventSchema(type: EventType): TSchema {
  return strict({
    specversion: Type.Literal('1.0'),
    id: Type.String({ description: 'The same event has the same id.' }),
    source: Type.String(),
    type: Type.Literal(type),
    subject: Type.String({ description: 'The id of what it is about.' }),
    sequence: Type.String({ description: 'Rises with every event about the same subject.' }),
    time: Type.String({ description: 'RFC 3339, in UTC.' }),
    datacontenttype: Type.Literal('application/json'),
    traceparent: Type.Optional(
      Type.String({ description: 'W3C trace context, if the trace is recorded.' }),
    ),
    data: happenings[type].data,
  });
}

export const snapshotSchema = strict({
  orders: Type.Optional(Type.Array(Order)),
  lowStock: Type.Optional(lowStock),
  fixes: Type.Optional(Type.Array(FixNews)),
});

const asStream = {
  description: 'A Redis stream: the field `event` of each entry is the payload. At least once.',
};

/** A dot would divide the name where others refer to it. */
const keyOf = (name: string): string => name.replaceAll('.', '_');

/** What is told on streams and between processes, as AsyncAPI 3 describes it. */
export function asyncApiDocument(version: string): Json {
  const types = Object.keys(happenings) as EventType[];
  const ofTopic = (topic: string) => types.filter((type) => happenings[type].topic === topic);
  return {
    asyncapi: '3.0.0',
    info: { title: 'Bazar', version, description: 'What happens, as it happens.' },
    defaultContentType: 'application/json',
    servers: {
      gateway: { host: 'localhost:8080', protocol: 'http', description: 'The public door.' },
      redis: { host: 'localhost:6379', protocol: 'redis', description: '`REDIS_URL`' },
    },
    channels: {
      stream: channel('gateway', '/v1/stream', {
        messages: ['snapshot', ...types],
        description:
          'Server-Sent Events: `event` is the name of a message, `data` its payload in one line, ' +
          '`id` goes into `Last-Event-ID` when coming back.',
      }),
      orders: channel('redis', 'bazar:orders', { messages: ofTopic('orders'), ...asStream }),
      stock: channel('redis', 'bazar:stock', { messages: ofTopic('stock'), ...asStream }),
      gpsState: channel('redis', 'gps_state', {
        messages: ['gps_state'],
        description:
          'Pub/sub; the newest of each vehicle is also kept for an hour under `gps_state:VEHICLE`.',
      }),
    },
    operations: Object.fromEntries(
      ['stream', 'orders', 'stock', 'gpsState'].map((name) => [
        `tell_${name}`,
        { action: 'send', channel: { $ref: `#/channels/${name}` } },
      ]),
    ),
    components: { messages: Object.fromEntries([...types.map(eventMessage), ...others()]) },
  };
}

type About = { messages: readonly string[]; description: string };

function channel(server: string, address: string, { messages, description }: About): Json {
  const refs = messages.map((name) => [
    keyOf(name),
    { $ref: `#/components/messages/${keyOf(name)}` },
  ]);
  return {
    address,
    description,
    servers: [{ $ref: `#/servers/${server}` }],
    messages: Object.fromEntries(refs),
  };
}

function eventMessage(type: EventType): [string, Json] {
  const { summary } = happenings[type];
  return [keyOf(type), { name: type, summary, payload: eventSchema(type) }];
}

function others(): [string, Json][] {
  const summary = 'The state of things, for whoever has just come';
  return [
    ['snapshot', { name: 'snapshot', summary, payload: snapshotSchema }],
    ['gps_state', { name: 'gps_state', summary: 'Where a vehicle is', payload: GpsState }],
  ];
}
