import type { Database, Statement } from '../platform/database.ts';
import type { Product, Topic } from './api.ts';

export type NewProduct = {
  id: string;
  title: string;
  titleKey: string;
  topic: string;
  topicKey: string;
  description: string;
  unitPriceCents: number;
  quantity: number;
  key: string;
  fp: Buffer;
  at: string;
  actor: { userId: string | null; requestId: string; traceId: string };
};

export type Edit = {
  id: string;
  /** As the editor has seen it. */
  editCount: number;
  title: string | undefined;
  titleKey: string | undefined;
  topic: string | undefined;
  topicKey: string | undefined;
  description: string | undefined;
  unitPriceCents: number | undefined;
  at: string;
};

/** A product (p) with its stock (s), named as the contract names them. */
export const productColumns = `p.id, p.title, p.topic, p.description,
  s.price_cents as "unitPriceCents", s.available, s.reserved,
  greatest(p.updated_at, s.updated_at) as "updatedAt", p.version || '-' || s.ver as version`;

const productById: Statement = {
  name: 'productById',
  text: `select ${productColumns}
    from catalog.products p join catalog.stock s on s.sku = p.sku
    where p.id = $1::text`,
};

const productByKey: Statement = {
  name: 'productByKey',
  text: `select p.created_fp = $2::bytea as "sameBody", ${productColumns}
    from catalog.products p join catalog.stock s on s.sku = p.sku
    where p.created_by_key = $1::uuid`,
};

// Nothing is locked but what this statement makes, and all of it appears at once.
const insertProduct: Statement = {
  name: 'insertProduct',
  text: `with p as (
      insert into catalog.products (id, title, title_key, topic, topic_key, description, version,
        created_at, updated_at, created_by_key, created_fp)
      values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, 1,
        $11::timestamptz, $11::timestamptz, $9::uuid, $10::bytea)
      on conflict do nothing
      returning *
    ), s as (
      insert into catalog.stock (sku, available, reserved, price_cents, ver, updated_at)
      select sku, $8::bigint, 0, $7::bigint, 1, $11::timestamptz from p
      returning *
    ), moved as (
      insert into catalog.stock_moves (move_id, sku, delta, reason, available_after, fp, at,
        by_user, request_id, trace_id)
      select $9::uuid, sku, $8::bigint, 'restock', $8::bigint, $10::bytea, $11::timestamptz,
        $12::uuid, $13::text, $14::text
      from p where $8::bigint > 0
    )
    select ${productColumns} from p join s on s.sku = p.sku`,
};

// Of two edits that saw the same version the second waits for the first, and then finds nothing.
const editProduct: Statement = {
  name: 'editProduct',
  text: `with p as (
      update catalog.products
      set title = coalesce($3::text, title), title_key = coalesce($4::text, title_key),
        topic = coalesce($5::text, topic), topic_key = coalesce($6::text, topic_key),
        description = coalesce($7::text, description),
        version = version + 1, updated_at = $9::timestamptz
      where id = $1::text and version = $2::int
      returning *
    ), priced as (
      update catalog.stock
      set price_cents = $8::bigint, ver = ver + 1, updated_at = $9::timestamptz
      where sku = (select sku from p) and $8::bigint is not null
      returning *
    ), s as (
      select * from priced
      union all
      select * from catalog.stock where sku = (select sku from p) and $8::bigint is null
    )
    select ${productColumns} from p join s on s.sku = p.sku`,
};

const topics: Statement = {
  name: 'topics',
  text: `select min(topic collate "C") as topic, count(*) as products
    from catalog.products group by topic_key order by topic_key limit $1::int`,
};

/** The SQL of single products. */
export function productStore(database: Database) {
  return {
    productById: (id: string) => database.one<Product>(productById, [id]),

    /** What a request has made before, and whether it asked for the same. */
    productByKey: (key: string, fp: Buffer) =>
      database.one<Product & { sameBody: boolean }>(productByKey, [key, fp]),

    /** Nothing, if the id or the key is taken. */
    insertProduct: (product: NewProduct) => {
      const { id, title, titleKey, topic, topicKey, description, actor } = product;
      const { unitPriceCents, quantity, key, fp, at } = product;
      const texts = [id, title, titleKey, topic, topicKey, description];
      const origin = [actor.userId, actor.requestId, actor.traceId];
      const values = [...texts, unitPriceCents, quantity, key, fp, at, ...origin];
      return database.one<Product>(insertProduct, values);
    },

    /** Nothing, if there is no such product or it was edited since. */
    editProduct: (edit: Edit) => {
      const { id, editCount, title, titleKey, topic, topicKey } = edit;
      const { description, unitPriceCents, at } = edit;
      const texts = [title, titleKey, topic, topicKey, description];
      return database.one<Product>(editProduct, [id, editCount, ...texts, unitPriceCents, at]);
    },

    topics: (limit: number) => database.rows<Topic>(topics, [limit]),
  };
}
