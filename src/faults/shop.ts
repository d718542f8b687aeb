import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { until } from '../postgres/wait.ts';
import type { Problem } from '../platform/errors.ts';
import { adminPassword } from './world.ts';

/** What came back; `status` 0 means that nothing did. */
export type Answer = { status: number; body: unknown };
type Content = { token?: string; body?: unknown; key?: string };
export type Ask = (what: string, content?: Content) => Promise<Answer>;

/** Somebody with a session; who is not believed any more signs in again. */
export type Person = { id: string; token: string; renew: () => void };
/** A product, and with how many of it a customer is content at most. */
export type Ware = { id: string; quantityMax: number; isScarce: boolean };
export type Shop = { ask: Ask; staff: Person; customers: Person[]; wares: Ware[] };

const customersCount = 6;
const answerMsMax = 4_000;
const setUpMsMax = 20_000;
const renewPauseMs = 2_000;
const password = 'correct horse battery';

/** Asks the gateway; whoever gets no answer in time knows nothing. */
export function openAsk(
  url: string,
  opened: (close: () => Promise<unknown>) => void,
  waitMsMax = answerMsMax,
): Ask {
  const pool = new Pool(url, {
    connections: 128,
    pipelining: 1,
    connect: { timeout: 1_000 },
    headersTimeout: waitMsMax,
    bodyTimeout: waitMsMax,
  });
  opened(() => pool.destroy());
  return async (what, { token, body, key } = {}) => {
    const [method = '', path = ''] = what.split(' ');
    const headers = {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key && { 'idempotency-key': key }),
    };
    const sent = body === undefined ? null : JSON.stringify(body);
    try {
      const answer = await pool.request({ method, path, headers, body: sent });
      return { status: answer.statusCode, body: JSON.parse((await answer.body.text()) || 'null') };
    } catch {
      return { status: 0, body: undefined };
    }
  };
}

/** Opens a shop: products that everybody wants and there are few of, others in plenty, customers. */
export async function openShop(ask: Ask): Promise<Shop> {
  const staff = await enter(ask, 'admin', adminPassword);
  const stock = [6, 20, 60, 5_000_000, 5_000_000, 5_000_000, 5_000_000];
  const wares = stock.map(async (quantity) => {
    const product = { title: 'A thing', topic: 'things', unitPriceCents: 199, quantity };
    const content = { token: staff.token, body: product, key: randomUUID() };
    const { id } = await insist<{ id: string }>(ask, 'POST /v1/products', content);
    return { id, quantityMax: 3, isScarce: quantity < 1_000 };
  });
  const customers = Array.from({ length: customersCount }, async (_, i) => {
    const username = `customer${i}`;
    const body = { username, email: `${username}@shop.example`, password };
    await insist(ask, 'POST /v1/users', { body });
    return enter(ask, username, password);
  });
  return { ask, staff, wares: await Promise.all(wares), customers: await Promise.all(customers) };
}

type Session = { accessToken: string; user: { id: string } };

async function enter(ask: Ask, login: string, secret: string): Promise<Person> {
  const content = { body: { login, password: secret } };
  const { accessToken, user } = await insist<Session>(ask, 'POST /v1/sessions', content);
  let renewedAtMs = performance.now();
  const person: Person = {
    id: user.id,
    token: accessToken,
    renew() {
      if (performance.now() - renewedAtMs < renewPauseMs) return;
      renewedAtMs = performance.now();
      void renew();
    },
  };
  async function renew(): Promise<void> {
    const { status, body } = await ask('POST /v1/sessions', content);
    if (status === 201) person.token = (body as Session).accessToken;
  }
  return person;
}

/** Nothing is broken yet; but who has just started may need a moment. */
async function insist<T>(ask: Ask, what: string, content: Content): Promise<T> {
  let last: Answer = { status: 0, body: undefined };
  const answer = await until(async () => {
    last = await ask(what, content);
    return last.status === 200 || last.status === 201 ? last : undefined;
  }, setUpMsMax);
  if (!answer) throw new Error(`${what}: ${last.status} ${JSON.stringify(last.body)}`);
  return answer.body as T;
}

export function codeOf({ status, body }: Answer): string {
  if (status === 0) return 'noAnswer';
  return status < 400 ? 'ok' : ((body as Problem | undefined)?.code ?? String(status));
}
