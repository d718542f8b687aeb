import assert from 'node:assert/strict';
import { Client } from 'pg';
import type { Order } from '../../src/orders/shapes.ts';
import type { Problem } from '../../src/platform/errors.ts';
import { expectProblem, expectStatus, type Ask } from '../../src/testing/http.ts';
import { addProduct, keyed, someone } from '../../src/testing/shop.ts';
import type { Process, System } from '../system/shapes.ts';

/** Some orders, and some requests that are refused; no other example here asks for these. */
export async function placeAndRefuse(ask: Ask, staff: string): Promise<void> {
  const { product } = await addProduct(ask, staff, { quantity: 100 });
  const [{ accessToken: token }, { accessToken: other }] = await Promise.all([
    someone(ask),
    someone(ask),
  ]);
  const place = (productId: string) => {
    const body = { lines: [{ productId, quantity: 1 }] };
    return ask('POST /v1/orders', { token, body, headers: keyed() });
  };
  const placed = await Promise.all([1, 2, 3, 4, 5].map(() => place(product.id)));
  const [order] = placed.map((answer) => expectStatus(answer, 201).body as Order);
  expectProblem(await ask('POST /v1/orders', { token, body: {} }), 400);
  expectStatus(await ask(`GET /v1/orders/${order?.id}`, { token }), 200);
  expectProblem(await ask(`GET /v1/orders/${order?.id}`, { token: other }), 404);
  expectProblem(await ask(`GET /v1/orders/${order?.id}`), 401);
  expectStatus(await ask(`POST /v1/orders/${order?.id}/cancel`, { token }), 200);
}

/** Makes a fault of ours: for a moment a table has another name. */
export async function provoke(databaseUrl: string, ask: Ask, token: string): Promise<Problem> {
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  await database.query('alter table tracking.vehicles rename to hidden_vehicles');
  try {
    return expectProblem(await ask('GET /v1/vehicles', { token }), 500, 'internal');
  } finally {
    await database.query('alter table tracking.hidden_vehicles rename to vehicles');
    await database.end();
  }
}

/** Two processes instead of one, whose books do not add up. */
export function troubled(system: System): System {
  const [own] = system.processes;
  assert.ok(own);
  const points = [1, 2, null, 2];
  const series = Object.keys(own.history.series).map((name) => [name, points]);
  const twin: Process = {
    ...own,
    history: {
      ...own.history,
      points: points.length,
      series: Object.fromEntries(series) as Process['history']['series'],
    },
    invariants: own.invariants.map((rule) => ({
      ...rule,
      violations: rule.invariant === 'K1' ? 3 : 0,
    })),
  };
  const other = structuredClone({ ...twin, id: 'another', pid: 1, invariants: [] });
  other.history.series.requestsPerSecond = [1, 2, null, 3];
  return { ...system, isWhole: false, processes: [twin, other] };
}

type Labels = Record<string, string>;

/** Reads metrics out of their text: the sum of all lines whose labels begin like these. */
export function readMetrics(text: string): (name: string, labels: Labels) => number {
  return (name, labels) => {
    const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`));
    const wanted = Object.entries(labels).map(([label, value]) =>
      label === 'status' ? `${label}="${value}` : `${label}="${value}"`,
    );
    return lines
      .filter((line) => wanted.every((part) => line.includes(part)))
      .map((line) => Number(line.slice(line.lastIndexOf(' '))))
      .reduce((total, value) => total + value, 0);
  };
}
