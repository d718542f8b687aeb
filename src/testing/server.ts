import type { FastifyInstance } from 'fastify';
import { createHealth, serveHealth } from '../platform/health.ts';
import { createMetrics } from '../platform/metrics.ts';
import { createServer, type ServerParts } from '../platform/server.ts';
import { silent } from './database.ts';

/** A server with the limits of a real one, or others; it does not listen yet. */
export function testServer(parts: Partial<ServerParts['limits']> = {}): FastifyInstance {
  const health = createHealth();
  const limits = {
    bodyBytesMax: 1024 * 1024,
    requestsInFlightMax: 1_000,
    connectionsMax: 1_000,
    deadlineMs: 5_000,
    trustedProxies: 0,
    ...parts,
  };
  const server = createServer({ log: silent, metrics: createMetrics(), health, limits });
  serveHealth(server, health);
  return server;
}
