// The plain baseline in three services, each with its own connections: for each order, orders asks
// users and catalog over HTTP, one request each, and then inserts. Nothing is undone when it fails
// in between, which would cost more.
import { Pool as HttpPool } from 'undici';
import { createServer, linesSchema, listen, orderSchema, readFlags } from './naive-server.ts';
import {
  inOrder,
  insertOrder,
  openPool,
  selectUser,
  takeStock,
  type WantedLine,
} from './naive-tables.ts';

type Wanted = { userId: string; lines: WantedLine[] };

const { service, url = '', connections, usersUrl = '', catalogUrl = '' } = readFlags();
const callsMax = 64;
const pool = openPool(url, Number(connections));
const app = createServer();

if (service === 'users') {
  app.get<{ Params: { id: string } }>('/users/:id', async ({ params }, reply) => {
    const isKnown = await selectUser(pool, params.id);
    return reply.code(isKnown ? 200 : 404).send({ id: params.id });
  });
}

if (service === 'catalog') {
  const schema = {
    body: { type: 'object', required: ['lines'], properties: { lines: linesSchema } },
  };
  app.post<{ Body: Pick<Wanted, 'lines'> }>('/reserve', { schema }, async ({ body }, reply) => {
    const totalCents = await reserve(body.lines);
    return reply.code(totalCents === undefined ? 409 : 200).send({ totalCents });
  });
}

/** One line needs no transaction of its own. */
async function reserve(lines: readonly WantedLine[]): Promise<number | undefined> {
  if (lines.length === 1 && lines[0]) return takeStock(pool, lines[0]);
  const client = await pool.connect();
  try {
    await client.query('begin');
    let totalCents: number | undefined = 0;
    for (const line of inOrder(lines)) {
      // oxlint-disable-next-line no-await-in-loop -- a connection runs one statement at a time
      const cents = await takeStock(client, line);
      totalCents = cents === undefined ? undefined : totalCents + cents;
      if (totalCents === undefined) break;
    }
    await client.query(totalCents === undefined ? 'rollback' : 'commit');
    return totalCents;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

if (service === 'orders') {
  const users = new HttpPool(usersUrl, { connections: callsMax });
  const catalog = new HttpPool(catalogUrl, { connections: callsMax });
  const headers = { 'content-type': 'application/json' };

  app.post<{ Body: Wanted }>('/v1/orders', { schema: orderSchema }, async ({ body }, reply) => {
    const user = await users.request({ method: 'GET', path: `/users/${body.userId}` });
    await user.body.dump();
    if (user.statusCode !== 200) return reply.code(409).send({ detail: 'There is no such user' });
    const wanted = JSON.stringify({ lines: body.lines });
    const call = { method: 'POST', path: '/reserve', headers, body: wanted } as const;
    const reserved = await catalog.request(call);
    const { totalCents } = (await reserved.body.json()) as { totalCents?: number };
    if (totalCents === undefined) return reply.code(409).send({ detail: 'There is not enough' });
    const made = await insertOrder(pool, { ...body, totalCents });
    return reply.code(201).send({ ...body, totalCents, ...made });
  });
}

await listen(app);
