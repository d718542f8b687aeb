import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { ownCall } from '../platform/call.ts';
import type { LabParts } from './lab.ts';
import { lab } from './order-inventory.ts';

type Reads = { orders: () => Promise<unknown>; stock: () => Promise<unknown> };

async function healthOf({ orders, stock }: Reads): Promise<unknown[]> {
  const call = () => ownCall('test', 5_000);
  const services = { orders: { listOrders: orders }, catalog: { listProducts: stock } };
  const parts = { services, asStaff: async () => call(), asService: call } as unknown as LabParts;
  const doors = await lab.start(parts);
  const answers = doors.map(async ({ open }) => {
    const app = Fastify();
    open(app);
    const { statusCode, body } = await app.inject('/health');
    return [statusCode, JSON.parse(body).status];
  });
  return Promise.all(answers);
}

const well = async () => ({ items: [] });
const ill = async () => Promise.reject(new Error('The database is away'));

test('a service is healthy as long as it can read its own data', async () => {
  assert.deepEqual(await healthOf({ orders: well, stock: well }), [
    [200, 'healthy'],
    [200, 'healthy'],
  ]);
  assert.deepEqual(await healthOf({ orders: ill, stock: well }), [
    [503, 'unhealthy'],
    [200, 'healthy'],
  ]);
  assert.deepEqual(await healthOf({ orders: well, stock: ill }), [
    [200, 'healthy'],
    [503, 'unhealthy'],
  ]);
});
