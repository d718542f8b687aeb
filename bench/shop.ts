import { randomUUID } from 'node:crypto';
import { productsCount, usersCount } from './naive-tables.ts';

export type Session = { token: string; madeAtMs: number };

// Access tokens live for ten minutes.
const renewAfterMs = 240_000;
const atOnceMax = 16;
const password = 'a password of a customer';
const stock = 1_000_000_000;

/** Fills an empty shop through its own door; gives back the names of its customers. */
export async function makeShop(url: string, adminPassword: string): Promise<string[]> {
  const staff = await logIn(url, 'admin', adminPassword);
  const numbers = Array.from({ length: productsCount + 1 }, (_, n) => String(n).padStart(4, '0'));
  await forEach(numbers, (number) =>
    call(`${url}/v1/products`, staff.token, {
      id: `bench-${number}`,
      title: `Product ${number}`,
      topic: 'bench',
      unitPriceCents: 1_999,
      quantity: stock,
    }),
  );
  const names = Array.from({ length: usersCount }, (_, n) => `bench-${n + 1}`);
  await forEach(names, (username) =>
    call(`${url}/v1/users`, '', { username, email: `${username}@example.com`, password }),
  );
  return names;
}

/** Sessions that will last for a while: those there are, or new ones. */
export async function signIn(
  url: string,
  names: readonly string[],
  sessions: Session[],
): Promise<Session[]> {
  const isFresh = ({ madeAtMs }: Session) => performance.now() - madeAtMs < renewAfterMs;
  if (sessions.length > 0 && sessions.every(isFresh)) return sessions;
  return Promise.all(names.map((name) => logIn(url, name, password)));
}

async function logIn(url: string, login: string, secret: string): Promise<Session> {
  const reply = await call(`${url}/v1/sessions`, '', { login, password: secret });
  const { accessToken } = reply as { accessToken: string };
  return { token: accessToken, madeAtMs: performance.now() };
}

async function call(url: string, token: string, body: object): Promise<unknown> {
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': randomUUID(),
    ...(token && { authorization: `Bearer ${token}` }),
  };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (answer.ok) return answer.json();
  throw new Error(`${url} answers ${answer.status}: ${await answer.text()}`);
}

/** Some at a time, so that nobody is overrun. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    const item = items[next];
    next += 1;
    if (item === undefined) return;
    await work(item);
    return worker();
  };
  await Promise.all(Array.from({ length: atOnceMax }, worker));
}
