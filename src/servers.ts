import type { FastifyInstance } from 'fastify';
import { ConfigError, isHere, type Config } from './config.ts';
import { serveHealth, type Health } from './platform/health.ts';
import type { Lifecycle } from './platform/lifecycle.ts';
import type { Log } from './platform/log.ts';
import type { Metrics } from './platform/metrics.ts';
import { createServer } from './platform/server.ts';
import type { Tracer } from './platform/tracing.ts';

type Parts = {
  config: Config;
  health: Health;
  metrics: Metrics;
  tracer: Tracer;
  log: Log;
  lifecycle: Lifecycle;
};

/** The ports of a process. A process with everything has no need of an internal one. */
export type Servers = {
  gateway?: FastifyInstance;
  internal?: FastifyInstance;
  metrics: FastifyInstance;
};

export type Addresses = { gateway?: string; internal?: string; metrics: string; lines?: string };

const bodyBytesMax = 1024 * 1024;

/** Makes the servers that this process needs; they do not listen yet. */
export function createServers({ config, health, metrics, tracer, log }: Parts): Servers {
  const limits = { ...config, bodyBytesMax };
  const create = (isPublic = false): FastifyInstance => {
    const server = createServer({ log, metrics, health, tracer, limits });
    serveHealth(server, health, isPublic);
    return server;
  };
  const hasServices = [...config.targets].some((name) => name !== 'all' && name !== 'gateway');
  const servers: Servers = {
    ...(isHere(config, 'gateway') && { gateway: create(true) }),
    ...(hasServices && { internal: create() }),
    metrics: create(),
  };
  servers.metrics.get('/metrics', { config: { operation: 'metrics' } }, async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  return servers;
}

const portSettings = { gateway: 'PORT', internal: 'INTERNAL_PORT', metrics: 'METRICS_PORT' };

/** A port that somebody else has is for the person who starts us; the setting says how to mend it. */
export function notFree(setting: string) {
  return (cause: Error & { code?: string }): never => {
    if (cause.code !== 'EADDRINUSE' && cause.code !== 'EACCES') throw cause;
    throw new ConfigError(`${cause.message}. Choose another port with ${setting}.`, { cause });
  };
}

/** Opens the doors, the public one last: by then everything behind it is there. */
export async function listen(servers: Servers, { config, lifecycle }: Parts): Promise<Addresses> {
  const places = {
    metrics: { host: config.metricsHost, port: config.metricsPort },
    internal: { host: config.internalHost, port: config.internalPort },
    gateway: { host: config.host ?? '127.0.0.1', port: config.port },
  };
  const addresses: Partial<Addresses> = {};
  for (const name of ['metrics', 'internal', 'gateway'] as const) {
    const server = servers[name];
    if (!server) continue;
    // oxlint-disable-next-line no-await-in-loop -- one door after the other
    addresses[name] = await server.listen(places[name]).catch(notFree(portSettings[name]));
    lifecycle.opened(`${name} port`, () => server.close());
  }
  return { ...addresses, metrics: addresses.metrics ?? '' };
}
