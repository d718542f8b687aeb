import { join } from 'node:path';
import { pino } from 'pino';
import { withClient } from '../platform/migrate.ts';
import { findCarried, prepareBinaries } from '../postgres/binaries.ts';
import { pgDataOf, prepareData } from '../postgres/data-directory.ts';
import { makeEndpoint, socketPath, urlOf } from '../postgres/endpoint.ts';
import { makeFolder } from '../postgres/files.ts';
import { launch, type Server, type Site } from '../postgres/launch.ts';
import { chooseOwner } from '../postgres/owner.ts';
import { guardProcess } from './guard.ts';

/** A PostgreSQL server that may be hurt: nobody else restarts it. */
export type Cluster = {
  name: string;
  url: string;
  socketPath: string;
  /** Stops it as a power cut would, and starts it again. */
  restart: () => Promise<void>;
  dropBackends: () => Promise<void>;
  /** Once it is up, if it is being started again. */
  up: () => Promise<void>;
  close: () => Promise<void>;
};

const log = pino({ level: 'silent' });
const settings = { max_connections: '200' };
const dropBackends =
  'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()' +
  " and backend_type = 'client backend'";

/** Makes the server of a name inside a folder, and starts it. */
export async function startCluster(folder: string, name: string): Promise<Cluster> {
  const dataDir = await makeFolder(join(folder, name));
  const owner = await chooseOwner(dataDir, pgDataOf(dataDir));
  const binaries = await prepareBinaries({ carried: await findCarried(), dataDir, owner });
  // Nothing here outlives the run, so what is made before it begins need not reach the disk.
  await prepareData({ dataDir, binaries, owner, isDurable: false, log });
  const endpoint = await makeEndpoint(dataDir, owner);
  const site: Site = { dataDir, binaries, owner, endpoint, settings, log };
  const closing = new AbortController();
  const url = await urlOf(endpoint, dataDir);
  let server: Server = await launchGuarded(site, closing.signal);
  let restarting = Promise.resolve();

  async function restart(): Promise<void> {
    process.kill(server.pid, 'SIGQUIT');
    await server.exited;
    server = await launchGuarded(site, closing.signal);
  }
  return {
    name,
    url,
    socketPath: socketPath(endpoint.socketDir, endpoint.port),
    restart: () => (restarting = restarting.then(restart)),
    dropBackends: async () => void (await withClient(url, (client) => client.query(dropBackends))),
    up: () => restarting,
    async close() {
      await restarting.catch(() => undefined);
      closing.abort();
      if (server.isGone()) return;
      process.kill(server.pid, 'SIGQUIT');
      await server.exited;
    },
  };
}

async function launchGuarded(site: Site, signal: AbortSignal): Promise<Server> {
  const server = await launch(site, signal);
  const release = guardProcess(server.pid, 'QUIT');
  void server.exited.then(release);
  return server;
}
