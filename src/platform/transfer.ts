import { withClient } from './migrate.ts';

type Client = Parameters<Parameters<typeof withClient>[1]>[0];
type Table = { name: string; columns: string };
type Way = { schema: string; from: string; to: string };
type Clients = { schema: string; from: Client; to: Client };

export type Moved = { table: string; rows: number };

/** What travels at once: some megabytes, where orders have many lines. */
const pageRows = 1_000;

/** What others refer to comes first; all references of ours have one step. */
const tablesOf = `
  select c.relname as name, (
    select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  ) as columns
  from pg_class c
  where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and c.relname <> 'migrations'
  order by exists (select from pg_constraint where contype = 'f' and conrelid = c.oid), c.relname`;

const partitionsOf = `
  select p.relname as parent, c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bound
  from pg_inherits i
  join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
  where c.relnamespace = $1::regnamespace and c.relispartition and c.relkind = 'r'`;

const sequencesOf = `
  select quote_ident(schemaname) || '.' || quote_ident(sequencename) as name,
    last_value::text as last
  from pg_sequences where schemaname = $1::text and last_value is not null`;

/**
 * Moves the rows of one schema to another server, whose schema was made by the same migrations and
 * is empty. It is there whole, or not at all; what it reads is of one instant. Rows go as JSON, in
 * which PostgreSQL writes every number in full: versions of the servers may differ.
 */
export async function transfer({ schema, from, to }: Way): Promise<Moved[]> {
  return withClient(from, (source) =>
    withClient(to, async (target) => {
      await source.query('begin isolation level repeatable read read only');
      await target.query('begin');
      const clients = { schema, from: source, to: target };
      const { rows: tables } = await source.query<Table>(tablesOf, [schema]);
      await refuseRows(clients, tables);
      await copyPartitions(clients);
      const moved: Moved[] = [];
      for (const table of tables) {
        // oxlint-disable-next-line no-await-in-loop -- one table after the other, as they refer
        moved.push({ table: `${schema}.${table.name}`, rows: await copyRows(clients, table) });
      }
      await copySequences(clients);
      await target.query('commit');
      return moved;
    }),
  );
}

async function refuseRows({ schema, to }: Clients, tables: readonly Table[]): Promise<void> {
  const all = tables.map(({ name }) => `select '${name}' as name from ${schema}.${name}`);
  const { rows } = await to.query<{ name: string }>(`${all.join(' union all ')} limit 1`);
  if (rows[0])
    throw new Error(`${schema}.${rows[0].name} is not empty; nothing of ${schema} moved`);
}

async function copyPartitions({ schema, from, to }: Clients): Promise<void> {
  const { rows } = await from.query<{ parent: string; name: string; bound: string }>(partitionsOf, [
    schema,
  ]);
  const texts = rows.map(
    ({ parent, name, bound }) =>
      `create table ${schema}.${name} partition of ${schema}.${parent} ${bound}`,
  );
  await to.query(texts.join(';'));
}

async function copyRows({ schema, from, to }: Clients, { name, columns }: Table): Promise<number> {
  const table = `${schema}.${name}`;
  await from.query(
    `declare page no scroll cursor for
     select row_to_json(r)::text as row from (select ${columns} from ${table}) r`,
  );
  const insert = `insert into ${table} (${columns}) overriding system value
    select ${columns} from json_populate_recordset(null::${table}, $1::json)`;
  let count = 0;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- a page in memory at a time
    const { rows } = await from.query<{ row: string }>(`fetch ${pageRows} from page`);
    if (rows.length === 0) break;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await to.query(insert, [`[${rows.map(({ row }) => row).join(',')}]`]);
    count += rows.length;
  }
  await from.query('close page');
  return count;
}

async function copySequences({ schema, from, to }: Clients): Promise<void> {
  const { rows } = await from.query<{ name: string; last: string }>(sequencesOf, [schema]);
  const names = rows.map(({ name }) => name);
  const lasts = rows.map(({ last }) => last);
  await to.query(
    'select setval(s.name::regclass, s.last) from unnest($1::text[], $2::bigint[]) s(name, last)',
    [names, lasts],
  );
}
