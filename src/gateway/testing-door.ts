import { after } from 'node:test';
import { createUserVerifier } from '../platform/callers.ts';
import type { Database } from '../platform/database.ts';
import { createMetrics } from '../platform/metrics.ts';
import { silent } from '../testing/database.ts';
import { client } from '../testing/http.ts';
import { testServer } from '../testing/server.ts';
import { usersFixture } from '../users/fixture.ts';
import { openGateway } from './gateway.ts';

type Users = Awaited<ReturnType<typeof usersFixture>>['users'];
export type Wiring = { strictTransport?: boolean; wire?: (users: Users) => Users | Promise<Users> };

export const about = {
  name: 'Bazar',
  version: '1',
  currency: 'EUR',
  staleSeconds: 60,
  fixDays: 31,
} as const;
const perMinuteMax = { caller: 1_000, address: 1_000, logIn: 1_000 };
const nobody = {} as never;

/** For tests: the public door with Ann behind it, who is not logged in; nobody else answers. */
export async function openDoor(
  database: Database,
  { strictTransport = false, wire = (users) => users }: Wiring = {},
) {
  const fixture = await usersFixture(database);
  await fixture.register('ann');
  const users = await wire(fixture.users);
  const server = testServer();
  openGateway(server, {
    services: { users, catalog: nobody, orders: nobody, tracking: nobody },
    bus: undefined,
    verifyUser: createUserVerifier(fixture.users.getTokenKeys),
    perMinuteMax,
    streamsMax: 1,
    strictTransport,
    about,
    system: { report: () => Promise.reject(new Error('nobody asks')), isAlone: true },
    asyncApi: {},
    log: silent,
    metrics: createMetrics(),
  });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  after(() => server.close());
  return { ...fixture, server, url, ask: client([url]) };
}
