import { realpath } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { findCarried, prepareBinaries, type Carried } from './binaries.ts';
import { pgDataOf, prepareData } from './data-directory.ts';
import { makeEndpoint, removeEndpoint, urlOf } from './endpoint.ts';
import { makeFolder, unless } from './files.ts';
import { launch, type Server, type Site } from './launch.ts';
import { isLocked, lockDirectory } from './lock.ts';
import { chooseOwner, type Owner } from './owner.ts';
import { findPostmaster, stopPostmaster } from './postmaster.ts';
import { until } from './wait.ts';

export type EmbeddedPostgres = { url: string; stop(): Promise<void> };

type Options = {
  dataDir: string;
  log: Logger;
  /** More settings of PostgreSQL, or others; tests say fsync=off. */
  settings?: Record<string, string>;
  /** Called once, when the server keeps dying and is left dead. */
  onGiveUp: (error: Error) => void;
};

const restartsMax = 5;
// A server that has lived this long starts with a clean slate.
const healthyMs = 60_000;
const backoffMs = 100;
const joinMsMax = 30_000;

/** Starts the server of a data directory, as its only user. */
export async function startPostgres(options: Options): Promise<EmbeddedPostgres> {
  const carried = await findCarried();
  const dataDir = await makeFolder(options.dataDir);
  const owner = await chooseOwner(dataDir, pgDataOf(dataDir));
  const lock = await lockDirectory(dataDir);
  try {
    const site = await prepare({ ...options, dataDir }, { carried, owner });
    const supervisor = await supervise(site, options.onGiveUp);
    const stop = async () => {
      try {
        await supervisor.stop();
        await removeEndpoint(site.endpoint);
      } finally {
        await lock.release();
      }
    };
    let stopped: Promise<void> | undefined;
    return { url: await urlOf(site.endpoint, dataDir), stop: () => (stopped ??= stop()) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * The URL of the server that a running Bazar keeps in this data directory, for commands such as
 * `staff` or `migrate`; undefined if none runs. One that is just starting is waited for.
 */
export async function joinPostgres(dataDir: string): Promise<string | undefined> {
  const real = await unless(realpath(dataDir), 'ENOENT', 'ENOTDIR');
  if (real === undefined) return undefined;
  const found = await until(async () => {
    if (!(await isLocked(real))) return { url: undefined };
    const server = await findPostmaster(pgDataOf(real));
    return server?.isReady ? { url: await urlOf(server, real) } : undefined;
  }, joinMsMax);
  if (found) return found.url;
  throw new Error(`A Bazar runs in ${real}, but its PostgreSQL does not get ready`);
}

async function prepare(
  { dataDir, log, settings = {} }: Options,
  { carried, owner }: { carried: Carried; owner: Owner },
): Promise<Site> {
  const binaries = await prepareBinaries({ carried, dataDir, owner });
  const isDurable = settings['fsync'] !== 'off';
  await prepareData({ dataDir, binaries, owner, isDurable, log });
  const endpoint = await makeEndpoint(dataDir, owner);
  return { dataDir, binaries, owner, endpoint, settings, log };
}

/** Keeps the server running until it is told to stop, or until that is hopeless. */
async function supervise(
  site: Site,
  onGiveUp: (error: Error) => void,
): Promise<{ stop(): Promise<void> }> {
  const { log, binaries } = site;
  const stopping = new AbortController();
  let server: Server = await launch(site, stopping.signal);
  let startMs = performance.now();
  let deaths = 0;
  // A process that ends without stopping us, by an error for instance, takes the server along.
  const takeAlong = () => interrupt(server);
  process.once('exit', takeAlong);

  const restart = async (how: string): Promise<void> => {
    deaths = performance.now() - startMs > healthyMs ? 1 : deaths + 1;
    if (deaths > restartsMax) {
      throw new Error(`PostgreSQL keeps dying, ${deaths} times by now; the last time: ${how}`);
    }
    log.error({ how, deaths }, 'PostgreSQL died, starting it again');
    await setTimeout(backoffMs * 2 ** (deaths - 1), undefined, stopping);
    startMs = performance.now();
    const next = await launch(site, stopping.signal).catch((error: unknown) => String(error));
    // Whoever stops us waits for this to end, and then stops the new server as well.
    if (typeof next !== 'string') server = next;
    stopping.signal.throwIfAborted();
    if (typeof next === 'string') return restart(next);
    log.info({ serverPid: server.pid }, 'PostgreSQL is back');
  };
  const watch = async (): Promise<void> => {
    const how = await server.exited;
    if (stopping.signal.aborted) return;
    await restart(how);
    return watch();
  };
  const watching = watch().catch((error: unknown) => {
    if (stopping.signal.aborted) return;
    const last = error instanceof Error ? error : new Error(String(error));
    log.fatal({ err: last }, 'PostgreSQL is left dead');
    onGiveUp(last);
  });
  return {
    async stop() {
      stopping.abort();
      // A restart in progress ends first: the server it may have brought up is ours to stop.
      if (server.isGone()) await watching;
      if (!server.isGone()) await stopPostmaster({ ...server, pgCtl: binaries.pgCtl, log });
      await watching;
      process.off('exit', takeAlong);
    },
  };
}

function interrupt({ pid, isGone }: Server): void {
  if (isGone()) return;
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // It ended in the same instant, which is what we want.
  }
}
