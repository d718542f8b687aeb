import { Pool, type PoolClient } from 'pg';

export const usersCount = 16;
export const productsCount = 1_000;

export type WantedLine = { productId: string; quantity: number };

const tables = `
  create table users (id uuid primary key default gen_random_uuid(), username text not null unique);
  create table stock (
    product_id text primary key,
    title text not null,
    available bigint not null check (available >= 0),
    price_cents bigint not null
  );
  create table orders (
    id bigint primary key generated always as identity,
    user_id uuid not null,
    lines jsonb not null,
    total_cents bigint not null,
    placed_at timestamptz not null default now()
  );
  create index orders_by_user on orders (user_id, id);
  insert into users (username) select 'bench-' || n from generate_series(1, ${usersCount}) n;
  insert into stock
  select 'bench-' || lpad(n::text, 4, '0'), 'Product ' || n, 1000000000, 1999
  from generate_series(0, ${productsCount}) n;`;

/** The tables that both baselines share: less than ours, and none of it for show. */
export async function makeTables(url: string): Promise<string[]> {
  const pool = openPool(url, 1);
  try {
    await pool.query(tables);
    const { rows } = await pool.query<{ id: string }>('select id from users order by username');
    return rows.map(({ id }) => id);
  } finally {
    await pool.end();
  }
}

export function openPool(url: string, connectionsMax: number): Pool {
  return new Pool({ connectionString: url, max: connectionsMax });
}

export async function selectUser(client: Pool | PoolClient, id: string): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'selectUser',
    text: 'select id from users where id = $1',
    values: [id],
  });
  return rowCount === 1;
}

/** Takes one line off the stock; undefined when there is not so much. */
export async function takeStock(
  client: Pool | PoolClient,
  { productId, quantity }: WantedLine,
): Promise<number | undefined> {
  const { rows } = await client.query<{ price_cents: string }>({
    name: 'takeStock',
    text: `update stock set available = available - $2
      where product_id = $1 and available >= $2 returning price_cents`,
    values: [productId, quantity],
  });
  return rows[0] && Number(rows[0].price_cents) * quantity;
}

export async function insertOrder(
  client: Pool | PoolClient,
  order: { userId: string; lines: readonly WantedLine[]; totalCents: number },
): Promise<{ id: string; placedAt: Date }> {
  const { rows } = await client.query<{ id: string; placedAt: Date }>({
    name: 'insertOrder',
    text: `insert into orders (user_id, lines, total_cents) values ($1, $2, $3)
      returning id, placed_at as "placedAt"`,
    values: [order.userId, JSON.stringify(order.lines), order.totalCents],
  });
  if (!rows[0]) throw new Error('An insert gave nothing back');
  return rows[0];
}

/** Always in one order, or two orders of the same products would wait for each other. */
export function inOrder(lines: readonly WantedLine[]): WantedLine[] {
  return lines.toSorted((a, b) => (a.productId < b.productId ? -1 : 1));
}
