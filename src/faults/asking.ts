import type { Order } from '../orders/shapes.ts';
import type { Attempt, Begun, History, Result, Seen } from './history.ts';
import { codeOf, type Answer, type Ask, type Person } from './shop.ts';

export type Line = { productId: string; quantity: number };

/** A client: one hand after the other, each retired when it does not know what it has done. */
export type Client = { name: string; lives: number; history: History; ask: Ask };

/** Refusals after which nobody knows, or after which the same may be asked again. */
const passing = new Set(['noAnswer', 'inFlight', 'rateLimited', 'requestTimeout']);

/** The outcomes of a key that stand for good. */
export const finalCodes: readonly (string | undefined)[] = [
  'outOfStock',
  'orderVoided',
  'keyReused',
  'unknownProduct',
];

export function isFinal({ type, code }: Result): boolean {
  return type === 'ok' || (type === 'fail' && finalCodes.includes(code));
}

type Wish = { who: Person; key: string; lines: readonly Line[] };

export function place(client: Client, { who, key, lines }: Wish, f: Begun['f'] = 'place') {
  const content = { token: who.token, body: { lines }, key };
  const begun = { f, who, key: `${who.id} ${key}`, body: JSON.stringify(lines) };
  return attempt(client, begun, 'POST /v1/orders', content);
}

/** The answer `voided` and the answer `ordered` are told apart by the order in it. */
export function abort(client: Client, { who, key }: Pick<Wish, 'who' | 'key'>): Promise<Result> {
  const content = { token: who.token, body: { key } };
  return attempt(
    client,
    { f: 'abort', who, key: `${who.id} ${key}` },
    'POST /v1/orders/abort',
    content,
  );
}

type Deed = { f: 'cancel' | 'fulfil' | 'get'; who: Person; id: string };

/** What is done with an order that is known. */
export function touch(client: Client, { f, who, id }: Deed): Promise<Result> {
  const what = f === 'get' ? `GET /v1/orders/${id}` : `POST /v1/orders/${id}/${f}`;
  return attempt(client, { f, who, key: id }, what, { token: who.token });
}

export function list(client: Client, who: Person, query = ''): Promise<Result> {
  const what = `GET /v1/orders?limit=20${query}`;
  return attempt(client, { f: 'list', who, key: who.id }, what, { token: who.token });
}

type Supply = { who: Person; key: string; productId: string; delta: number };

export function restock(client: Client, { who, key, productId, delta }: Supply): Promise<Result> {
  const content = { token: who.token, body: { delta, reason: 'restock' }, key };
  const begun = { f: 'restock' as const, who, key, body: `${productId} ${delta}` };
  return attempt(client, begun, `POST /v1/products/${productId}/stock-moves`, content);
}

type Content = NonNullable<Parameters<Ask>[1]>;

async function attempt(
  client: Client,
  { who, ...begun }: Omit<Begun, 'p'> & { who: Person },
  ...[what, content]: [string, Content]
): Promise<Result> {
  const end = client.history.invoke({ ...begun, p: `${client.name}.${client.lives}` });
  const answer = await client.ask(what, content);
  if (answer.status === 401) who.renew();
  const result = read(begun.f, answer);
  if (result.type === 'info') client.lives += 1;
  end(result);
  return result;
}

function read(f: Attempt['f'], answer: Answer): Result {
  const code = codeOf(answer);
  if (code !== 'ok') {
    const isKnown = answer.status < 500 && !passing.has(code);
    return { type: isKnown ? 'fail' : 'info', code };
  }
  if (f === 'restock') return { type: 'ok', moveId: (answer.body as { id: string }).id };
  return { type: 'ok', seen: ordersIn(f, answer.body) };
}

function ordersIn(f: Attempt['f'], body: unknown): Seen[] {
  const orders =
    f === 'list'
      ? (body as { items: Order[] }).items
      : f === 'abort'
        ? [(body as { order?: Order }).order]
        : [body as Order];
  return orders.flatMap((order) => {
    if (!order) return [];
    const { id, status, version, userId } = order;
    return [{ id, status, version, userId }];
  });
}
