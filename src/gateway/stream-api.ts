import { Type } from 'typebox';
import { defineApi, strict } from '../platform/api.ts';

export const topics = ['orders', 'stock', 'fixes'] as const;
export type Topic = (typeof topics)[number];

const oneTopic = `(?:${topics.join('|')})`;
const degrees = '-?[0-9]{1,3}(?:\\.[0-9]{1,15})?';

/** What happens, as it happens. */
export const streamApi = defineApi({
  stream: {
    method: 'GET',
    path: '/v1/stream',
    summary: 'Hear what happens, as Server-Sent Events',
    description:
      'First comes `event: snapshot` with the state of things, instead of all that was known before: ' +
      '`orders`, the 20 newest that the caller may see, `lowStock`, and `fixes`, the newest of each ' +
      'vehicle (1000 at most). Then every event comes as a CloudEvent under its type ' +
      '(`order.placed.v1`, `order.cancelled.v1`, `order.fulfilled.v1`, `stock.low.v1`, `fix.v1`): ' +
      'customers get those of their own orders, couriers those of their own vehicles. Whoever comes ' +
      'back with `Last-Event-ID` gets what was missed instead of the snapshot, as long as it is ' +
      'remembered; else, of fixes, what was missed in the last minutes, and then the snapshot. ' +
      'Readers too slow for all events get the newest of each order, product and vehicle, or are cut ' +
      'off. Of two events with one `subject` the one with the higher `sequence` is the newer. The ' +
      'stream ends with the session.',
    query: strict({
      topics: Type.Optional(
        Type.String({
          pattern: `^${oneTopic}(?:,${oneTopic})*$`,
          maxLength: 100,
          description:
            `Out of ${topics.join(', ')}, with commas, none twice; if not said, all that the caller ` +
            'may hear. `fixes` are for couriers and staff, and for API keys with `tracking:read`.',
        }),
      ),
      vehicle: Type.Optional(
        Type.String({
          pattern: '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$',
          description: 'Of fixes only those of this vehicle.',
        }),
      ),
      box: Type.Optional(
        Type.String({
          pattern: `^${degrees}(?:,${degrees}){3}$`,
          description:
            'Of fixes only those between these: `west,south,east,north`, in degrees; across the date ' +
            'line where west is east of east. Who leaves it is told of once more.',
        }),
      ),
    }),
    headers: strict({
      lastEventId: Type.Optional(
        Type.String({ maxLength: 100, description: 'The `id` that was read last.' }),
      ),
    }),
    reply: Type.String({ description: 'Server-Sent Events, in UTF-8.' }),
    streams: true,
    importance: 'low',
    refuses: ['unavailable', 'forbidden'],
  },
});
