import { Type } from 'typebox';
import { defineApi, strict } from '../platform/api.ts';

export const topics = ['orders', 'stock'] as const;
export type Topic = (typeof topics)[number];

const oneTopic = `(?:${topics.join('|')})`;

/** What happens, as it happens. */
export const streamApi = defineApi({
  stream: {
    method: 'GET',
    path: '/v1/stream',
    summary: 'Hear what happens, as Server-Sent Events',
    description:
      'First comes `event: snapshot` with the state of things: `orders`, the 20 newest that the caller ' +
      'may see, and `lowStock`. Then every event comes as a CloudEvent under its type ' +
      '(`order.placed.v1`, `order.cancelled.v1`, `order.fulfilled.v1`, `stock.low.v1`): customers get ' +
      'those of their own orders. Whoever comes back with `Last-Event-ID` gets what was missed instead ' +
      'of the snapshot, as long as it is remembered. Readers too slow for all events get the newest of ' +
      'each order and product, or are cut off. Of two events with one `subject` the one with the ' +
      'higher `sequence` is the newer. The stream ends with the session.',
    query: strict({
      topics: Type.Optional(
        Type.String({
          pattern: `^${oneTopic}(?:,${oneTopic})*$`,
          maxLength: 100,
          description: `Out of ${topics.join(', ')}, with commas, none twice; all, if not said.`,
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
    refuses: ['unavailable'],
  },
});
