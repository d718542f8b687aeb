// The plain baseline: one process, one transaction per order, a statement after the other. It has no
// sessions, no idempotency, no history, no events: what Bazar does beside the order is not in it.
import type { PoolClient } from 'pg';
import { createServer, listen, orderSchema, readFlags } from './naive-server.ts';
import {
  inOrder,
  insertOrder,
  openPool,
  selectUser,
  takeStock,
  type WantedLine,
} from './naive-tables.ts';

type Wanted = { userId: string; lines: WantedLine[] };

const { url = '', connections } = readFlags();
const pool = openPool(url, Number(connections));
const app = createServer();

app.post<{ Body: Wanted }>('/v1/orders', { schema: orderSchema }, async ({ body }, reply) => {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const made = await place(client, body);
    await client.query(typeof made === 'string' ? 'rollback' : 'commit');
    if (typeof made === 'string') return await reply.code(409).send({ detail: made });
    return await reply.code(201).send({ ...body, ...made });
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
});

async function place(client: PoolClient, { userId, lines }: Wanted) {
  if (!(await selectUser(client, userId))) return 'There is no such user';
  let totalCents = 0;
  for (const line of inOrder(lines)) {
    // oxlint-disable-next-line no-await-in-loop -- a connection runs one statement at a time
    const cents = await takeStock(client, line);
    if (cents === undefined) return `There is not enough of ${line.productId}`;
    totalCents += cents;
  }
  return { totalCents, ...(await insertOrder(client, { userId, lines, totalCents })) };
}

await listen(app);
