import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { Client } from 'pg';
import type { Logger } from 'pino';
import type { Binaries } from './binaries.ts';
import { pgDataOf } from './data-directory.ts';
import { databaseName, hasSockets, socketPath, urlOf } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { isCode } from './files.ts';
import { openLog, readLog } from './log-file.ts';
import { asOwner, type Owner } from './owner.ts';
import {
  answers,
  findPostmaster,
  isPostmaster,
  removeStalePidFile,
  stopPostmaster,
} from './postmaster.ts';
import { until } from './wait.ts';

/** All that it takes to start a server, any number of times. */
export type Site = {
  dataDir: string;
  binaries: Binaries;
  owner: Owner;
  endpoint: Endpoint;
  settings: Record<string, string>;
  log: Logger;
};
/** A running server; `exited` says how it ended. */
export type Server = { pid: number; exited: Promise<string>; isGone: () => boolean };

const connectMsMax = 5_000;
const queryMsMax = 60_000;
// Long enough to replay the gigabyte of journal that PostgreSQL keeps at most.
const readyMsMax = 180_000;
const leftoverMsMax = 20_000;
const strangerMsMax = 2_000;
const leftoverSigns = /pre-existing shared memory|postmaster\.pid|could not bind|already in use/;

/** Starts the server, clearing away what a killed one has left, and waits until it answers. */
export async function launch(site: Site, signal: AbortSignal): Promise<Server> {
  let lastWords = '';
  const attempt = async () => {
    signal.throwIfAborted();
    await clearLeftovers(site);
    const serverLog = await openLog(site.dataDir);
    const server = spawnServer(site, serverLog.file.fd);
    await serverLog.file.close();
    if (await becomesReady(site, server, signal)) return server;
    lastWords = await readLog(site.dataDir, serverLog.size);
    const ended = await server.exited;
    if (leftoverSigns.test(lastWords)) return undefined;
    throw new Error(`PostgreSQL does not start (${ended}):\n${lastWords}`);
  };
  const server = await until(attempt, leftoverMsMax);
  if (server) return server;
  throw new Error(`PostgreSQL cannot start beside what is left of an earlier one:\n${lastWords}`);
}

/** We hold the directory's lock, so a server that still lives here has lost its Bazar. */
async function clearLeftovers({ dataDir, binaries, endpoint, log }: Site): Promise<void> {
  const pgData = pgDataOf(dataDir);
  const orphan = await findPostmaster(pgData);
  if (orphan) {
    const { pid } = orphan;
    log.warn({ serverPid: pid }, 'Stopping a PostgreSQL whose Bazar is gone');
    const isGone = async () => !(await isPostmaster(pid, pgData));
    await stopPostmaster({ pid, isGone, pgCtl: binaries.pgCtl, log });
  }
  await clearSocket(endpoint, pgData);
  await removeStalePidFile(pgData);
}

/** A server that answers but that no pid file names cannot be stopped by us, nor be joined. */
async function clearSocket({ socketDir, port }: Endpoint, pgData: string): Promise<void> {
  if (!hasSockets) return;
  const path = socketPath(socketDir, port);
  const silent = async () => ((await answers(path)) ? undefined : true);
  if (await until(silent, strangerMsMax)) {
    // The socket has a pid file as well, which may name some other program by now.
    await Promise.all([rm(path, { force: true }), rm(`${path}.lock`, { force: true })]);
    return;
  }
  throw new Error(
    `A PostgreSQL server answers at ${path}, but ${pgData}/postmaster.pid does not name it. ` +
      'Stop that server, or wait a minute until it sees that its pid file is gone',
  );
}

function spawnServer(site: Site, logFd: number): Server {
  const { dataDir, binaries, owner, endpoint, settings } = site;
  const all = { ...defaults(endpoint), ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = ['-D', pgDataOf(dataDir), ...flags];
  const { file, args: words, identity } = asOwner(owner, binaries.postgres, args);
  const child = spawn(file, words, {
    ...identity,
    cwd: dataDir,
    stdio: ['ignore', logFd, logFd],
    // A group of its own keeps the terminal's Ctrl-C away from it: we stop first, then it.
    detached: true,
    windowsHide: true,
  });
  const { promise: exited, resolve } = Promise.withResolvers<string>();
  let isGone = false;
  const end = (how: string) => {
    isGone = true;
    resolve(how);
  };
  child.once('error', (error) => end(`cannot run ${file}: ${error.message}`));
  child.once('exit', (code, name) => end(name ? `ended by ${name}` : `exit code ${code}`));
  return { pid: child.pid ?? 0, exited, isGone: () => isGone };
}

function defaults({ port, socketDir }: Endpoint): Record<string, string> {
  return {
    port: String(port),
    listen_addresses: hasSockets ? '' : '127.0.0.1',
    // The value is a list, in which a quoted name may hold commas and spaces.
    unix_socket_directories: hasSockets ? `"${socketDir.replaceAll('"', '""')}"` : '',
    shared_buffers: '64MB',
    max_connections: '60',
    jit: 'off',
    // Three workers for reading ahead would sit idle: a shop's data is in memory.
    io_method: 'sync',
    max_logical_replication_workers: '0',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
}

/** True when the server takes connections, false when it has ended instead. */
async function becomesReady(site: Site, server: Server, signal: AbortSignal): Promise<boolean> {
  const { endpoint, dataDir, binaries, log } = site;
  const ready = await until(async () => {
    if (server.isGone()) return false;
    signal.throwIfAborted();
    return (await connects(endpoint, dataDir)) ? true : undefined;
  }, readyMsMax).catch((error: unknown) => error);
  if (typeof ready === 'boolean') return ready;
  await stopPostmaster({ ...server, pgCtl: binaries.pgCtl, log });
  throw ready ?? new Error(`PostgreSQL was not ready after ${readyMsMax / 1000} seconds`);
}

async function connects(endpoint: Endpoint, dataDir: string): Promise<boolean> {
  try {
    await ask(await urlOf(endpoint, dataDir), 'select 1');
    return true;
  } catch (error) {
    // The database is missing: this is the first start, or the one after a kill in that instant.
    if (!isCode(error, '3D000')) return false;
    await ask(await urlOf(endpoint, dataDir, 'postgres'), `create database ${databaseName}`);
    return true;
  }
}

async function ask(connectionString: string, text: string): Promise<void> {
  const limits = { connectionTimeoutMillis: connectMsMax, query_timeout: queryMsMax };
  const client = new Client({ connectionString, ...limits });
  // The server may die while we ask; the query fails, and that is enough to know.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end();
  }
}
