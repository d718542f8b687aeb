import { parseArgs } from 'node:util';
import Fastify, { type FastifyInstance } from 'fastify';

const line = {
  type: 'object',
  required: ['productId', 'quantity'],
  additionalProperties: false,
  properties: { productId: { type: 'string' }, quantity: { type: 'integer', minimum: 1 } },
};

export const linesSchema = { type: 'array', minItems: 1, maxItems: 100, items: line };

export const orderSchema = {
  body: {
    type: 'object',
    required: ['userId', 'lines'],
    additionalProperties: false,
    properties: { userId: { type: 'string' }, lines: linesSchema },
  },
  response: {
    201: {
      type: 'object',
      properties: {
        id: { type: 'string' },
        userId: { type: 'string' },
        lines: { type: 'array', items: line },
        totalCents: { type: 'integer' },
        placedAt: { type: 'string', format: 'date-time' },
      },
    },
  },
};

export const createServer = (): FastifyInstance => Fastify();

export function readFlags(): Record<string, string> {
  const string = { type: 'string', default: '' } as const;
  const options = {
    service: string,
    url: string,
    connections: string,
    usersUrl: string,
    catalogUrl: string,
  };
  return parseArgs({ options }).values;
}

/** Listens where there is room, tells the parent where that is, and ends with it. */
export async function listen(app: FastifyInstance): Promise<void> {
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  process.once('disconnect', () => process.exit(0));
  process.send?.({ port: Number(new URL(address).port) });
}
