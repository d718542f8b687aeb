import assert from 'node:assert/strict';
import { setInterval } from 'node:timers/promises';
import { moved } from '../../src/replay/geo.ts';
import { expectStatus, type Ask } from '../../src/testing/http.ts';
import { addProduct, keyed, logIn, makeApiKey, password } from '../../src/testing/shop.ts';

type Order = { id: string; number: string };
type Parts = { ask: Ask; staff: string };

const things: Readonly<Record<string, readonly string[]>> = {
  kitchen: ['Cast iron pan', 'Chef’s knife', 'Bread tin', 'Linen apron', 'Pepper mill', 'Moka pot'],
  garden: ['Watering can', 'Seed box', 'Hand trowel', 'Leaf rake', 'Garden twine'],
  books: [
    'A field guide to mosses',
    'The tide tables',
    'Letters from the allotment',
    'Slow trains',
  ],
  bicycle: ['Brass bell', 'Pannier for two', 'Wool cap', 'Chain oil', 'Tool roll', 'Front light'],
  stationery: ['Dot grid notebook', 'Fountain pen', 'Blotting paper', 'Brass ruler'],
  'tea and coffee': ['Assam, second flush', 'Ceylon', 'House espresso', 'Peppermint', 'Oolong'],
};
const description =
  'Made to be used every day and to be mended when it breaks. Comes in a plain box, with a page ' +
  'that says how it was made and how to look after it.';
const names = ['amara.osei', 'bela_kovacs', 'chiara', 'daniel.reyes', 'elif', 'finn', 'greta.lind'];
const ordersPerPerson = 10;

type Vehicle = { id: string; name: string; latitude: number; longitude: number; bearing: number };

/** Near the demo van, so that one map shows them all. */
const fleet: readonly Vehicle[] = [
  { id: 'van-2', name: 'Blue van', latitude: -43.742, longitude: 171.968, bearing: 60 },
  { id: 'van-3', name: 'Green van', latitude: -43.729, longitude: 171.985, bearing: 140 },
  { id: 'bike-1', name: 'Cargo bike', latitude: -43.736, longitude: 171.955, bearing: 250 },
];

/** A shop in the middle of a good week, so that its pages have something to show. */
export async function fillShop({ ask, staff }: Parts) {
  const products = await addProducts({ ask, staff });
  const people = await Promise.all(names.map((name) => addPerson(ask, name)));
  const orders: Order[][] = [];
  for (const [i, { token }] of people.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- in the order of their numbers
    orders.push(await placeOrders(ask, token, { products, turn: i }));
  }
  await Promise.all(orders.flat().map((order, i) => closeOrder(ask, { order, staff, turn: i })));
  const [owner, courier, leaver] = people;
  const body = { role: 'courier' };
  expectStatus(await ask(`PUT /v1/users/${courier?.id}/role`, { token: staff, body }), 200);
  expectStatus(await ask(`POST /v1/users/${leaver?.id}/disable`, { token: staff }), 200);
  await makeApiKey(ask, owner?.token ?? '', ['orders:read', 'orders:write']);
  await makeApiKey(ask, owner?.token ?? '', ['catalog:read']);
  await Promise.all(fleet.map((vehicle) => drive({ ask, staff }, vehicle, owner?.id)));
  await addHolds({ ask, staff }, products);
  return { products, people, orders: orders[0] ?? [] };
}

async function addProducts({ ask, staff }: Parts): Promise<string[]> {
  const wanted = Object.entries(things).flatMap(([topic, titles]) =>
    titles.map((title) => ({ title, topic, description, ...stockOf(title) })),
  );
  const added = await Promise.all(wanted.map((fields) => addProduct(ask, staff, fields)));
  await addProduct(ask, staff, {
    title: 'Enamel mug with a very long name that somebody thought about for a whole afternoon',
    topic: 'kitchen',
    description,
    unitPriceCents: 1_299_900,
    quantity: 4,
  });
  await addProduct(ask, staff, {
    title: 'Copper kettle',
    topic: 'kitchen',
    description,
    unitPriceCents: 8_900,
    quantity: 0,
  });
  return added.map(({ product }) => product.id);
}

function stockOf(seed: string): { unitPriceCents: number; quantity: number } {
  const number = Buffer.from(seed).reduce((sum, byte) => (sum * 31 + byte) % 9_973, 7);
  return { unitPriceCents: 350 + number, quantity: 60 + (number % 400) };
}

async function addPerson(ask: Ask, username: string) {
  const body = { username, email: `${username}@shop.example`, password };
  expectStatus(await ask('POST /v1/users', { body }), 201);
  const { accessToken: token, user } = await logIn(ask, username);
  return { username, token, id: user.id };
}

type Wishes = { products: readonly string[]; turn: number };

async function placeOrders(ask: Ask, token: string, { products, turn }: Wishes): Promise<Order[]> {
  const placed: Order[] = [];
  for (let i = 0; i < ordersPerPerson; i += 1) {
    const lines = Array.from({ length: 1 + ((turn + i) % 4) }, (_, line) => ({
      productId: products[(turn * 5 + i * 3 + line * 7) % products.length] ?? '',
      quantity: 1 + ((i + line) % 3),
    }));
    // oxlint-disable-next-line no-await-in-loop -- in the order of their numbers
    const answer = await ask('POST /v1/orders', { token, body: { lines }, headers: keyed() });
    placed.push(expectStatus(answer, 201).body as Order);
  }
  return placed;
}

type Closing = { order: Order; staff: string; turn: number };

/** Most orders have left the house, some were not wanted after all, the newest wait. */
async function closeOrder(ask: Ask, { order, staff, turn }: Closing): Promise<void> {
  const step = ['fulfil', 'fulfil', 'cancel', undefined, undefined][turn % 5];
  if (!step) return;
  const answer = await ask(`POST /v1/orders/${order.id}/${step}`, { token: staff });
  expectStatus(answer, 200);
}

const ordersEveryMs = 200;
const shoppingMs = 160_000;

/** Long enough for measured lines to have some points. */
export async function keepShopping(ask: Ask, tokens: readonly string[]): Promise<void> {
  let turn = 0;
  for await (const endsAt of setInterval(ordersEveryMs, performance.now() + shoppingMs)) {
    turn += 1;
    const lines = [{ productId: turn % 2 ? 'pizza' : 'kebab', quantity: 1 + (turn % 3) }];
    const token = tokens[turn % tokens.length];
    expectStatus(await ask('POST /v1/orders', { token, body: { lines }, headers: keyed() }), 201);
    if (performance.now() >= endsAt) return;
  }
}

async function addHolds({ ask, staff }: Parts, products: readonly string[]): Promise<void> {
  const notes = ['For the market on Saturday', 'Photographs'];
  const holds = notes.map((note, i) => ({
    note,
    lines: [{ productId: products[i] ?? '', quantity: 5 }],
  }));
  const answers = await Promise.all(
    holds.map((body) => ask('POST /v1/holds', { token: staff, body, headers: keyed() })),
  );
  for (const answer of answers) expectStatus(answer, 201);
}

const fixSeconds = 15;
const fixes = 160;

/** Forty minutes on the road, with turns at crossings and halts at lights. */
async function drive({ ask, staff: token }: Parts, vehicle: Vehicle, ownerId?: string) {
  const { id, name, latitude, longitude, bearing } = vehicle;
  expectStatus(await ask(`PUT /v1/vehicles/${id}`, { token, body: { name, ownerId } }), 200);
  const beganAtMs = Date.now() - fixes * fixSeconds * 1_000;
  let place = { latitude, longitude };
  const track = Array.from({ length: fixes }, (_, i) => {
    const turn = (bearing + 90 * Math.trunc(i / 17) + 12 * Math.sin(i / 3) + 360) % 360;
    const speed = i % 23 < 3 ? 0 : 7 + 3 * Math.sin(i / 5);
    place = moved(place, speed * fixSeconds, turn);
    return {
      timestamp: new Date(beganAtMs + i * fixSeconds * 1_000).toISOString(),
      ...place,
      bearing: turn,
      speedMetersPerSecond: speed,
      accuracy: 5,
    };
  });
  const answer = await ask(`POST /v1/vehicles/${id}/fixes`, { token, body: { fixes: track } });
  assert.equal((expectStatus(answer, 200).body as { stored: number }).stored, fixes);
}
