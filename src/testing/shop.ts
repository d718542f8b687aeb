import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { until } from '../postgres/wait.ts';
import type { Product } from '../catalog/api.ts';
import type { NewApiKey, Role, Scope, Session, User } from '../users/shapes.ts';
import { expectStatus, type Answer, type Ask } from './http.ts';
import { adminPassword } from './process.ts';

export const password = 'correct horse battery';

/** A name that nobody else has. */
export const someName = (): string => `u${randomBytes(8).toString('hex')}`;

/** A key for one request and its repetitions. */
export const keyed = (): { 'idempotency-key': string } => ({ 'idempotency-key': randomUUID() });

/** Opens an account; no two are alike. */
export async function register(ask: Ask, username = someName()): Promise<User> {
  const body = { username, email: `${username}@shop.example`, password };
  return expectStatus(await ask('POST /v1/users', { body }), 201).body as User;
}

export async function logIn(ask: Ask, login: string, secret = password): Promise<Session> {
  const body = { login, password: secret };
  return expectStatus(await ask('POST /v1/sessions', { body }), 201).body as Session;
}

export const logInAsStaff = async (ask: Ask): Promise<string> =>
  (await logIn(ask, 'admin', adminPassword)).accessToken;

/** Somebody who has just logged in; another role than customer takes staff to give it. */
export async function someone(
  ask: Ask,
  { role, staff }: { role?: Role; staff?: string } = {},
): Promise<Session> {
  const { id, username } = await register(ask);
  if (role) {
    expectStatus(await ask(`PUT /v1/users/${id}/role`, { token: staff, body: { role } }), 200);
  }
  return logIn(ask, username);
}

export async function makeApiKey(
  ask: Ask,
  token: string,
  scopes: readonly Scope[],
): Promise<NewApiKey> {
  const body = { name: 'a program', scopes };
  return expectStatus(await ask('POST /v1/api-keys', { token, body }), 201).body as NewApiKey;
}

/** A key for a device: it speaks for this vehicle only. */
export async function makeDeviceKey(
  ask: Ask,
  token: string,
  vehicleId: string,
): Promise<NewApiKey> {
  const scopes: Scope[] = ['tracking:read', 'tracking:write'];
  const body = { name: 'a device', scopes, vehicleId };
  return expectStatus(await ask('POST /v1/api-keys', { token, body }), 201).body as NewApiKey;
}

/** A product of a test's own. */
export async function addProduct(
  ask: Ask,
  token: string,
  fields: object = {},
): Promise<{ product: Product; etag: string }> {
  const body = { title: 'A thing', topic: 'things', unitPriceCents: 100, quantity: 10, ...fields };
  const answer = await ask('POST /v1/products', { token, body, headers: keyed() });
  return { product: expectStatus(answer, 201).body as Product, etag: answer.headers['etag'] ?? '' };
}

export type Page<T> = { items: T[]; nextCursor?: string };

/** Reads page after page until the one that is looked for has come, or the last page. */
export async function readPages<T>(
  page: (query: string) => Promise<Answer>,
  isLast: (item: T) => boolean,
  cursor = '',
): Promise<T[]> {
  const { items, nextCursor } = expectStatus(await page(cursor), 200).body as Page<T>;
  if (nextCursor === undefined || items.some(isLast)) return items;
  return [...items, ...(await readPages(page, isLast, `&cursor=${nextCursor}`))];
}

const feltMsMax = 5_000;
/** Many ask at once, and nobody needs to know it to the moment. */
const pauseMs = 100;

/** Waits until all doors answer somebody like this, which must be the case soon. */
export async function soon(
  doors: readonly Ask[],
  status: number,
  who: { token: string },
): Promise<void> {
  let last: Answer[] = [];
  const found = await until(
    async () => {
      last = await Promise.all(doors.map((ask) => ask('GET /v1/users/me', who)));
      return last.every((answer) => answer.status === status) || undefined;
    },
    feltMsMax,
    pauseMs,
  );
  assert.ok(found, `not everywhere ${status}: ${last.map(({ text }) => text).join(' ')}`);
}
