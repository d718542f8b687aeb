import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Client, type QueryResultRow } from 'pg';
import { pino } from 'pino';
import { roomyFolder } from '../testing/temp.ts';
import { pgDataOf } from './data-directory.ts';
import { isRoot } from './files.ts';
import { findPostmaster, isAlive } from './postmaster.ts';
import { startPostgres, type EmbeddedPostgres } from './server.ts';
import { until } from './wait.ts';

/** What a starter process says: the URL of its server, or why there is none. */
export type Said = { url?: string; error?: string };
export type Scratch = {
  dataDir: string;
  start: (settings?: Record<string, string>) => Promise<EmbeddedPostgres>;
  fork: () => ChildProcess;
  serverPid: () => Promise<number>;
};

const endMsMax = 10_000;
export const fast = { fsync: 'off' };
export const silent = pino({ level: 'silent' });
export const asRoot = isRoot() ? {} : { skip: 'needs root' };
export const asOrdinary = isRoot() ? { skip: 'needs an ordinary user' } : {};

/** A data directory for one test; whatever happens, its processes and files are gone afterwards. */
export async function scratch(t: TestContext, name = 'data'): Promise<Scratch> {
  const home = await roomyFolder();
  const dataDir = join(home, name);
  const children: ChildProcess[] = [];
  const started: EmbeddedPostgres[] = [];
  t.after(async () => {
    await Promise.all(children.map(end));
    await Promise.allSettled(started.map((one) => one.stop()));
    const orphan = await findPostmaster(pgDataOf(dataDir));
    // Unlike SIGKILL, this lets it give its shared memory back.
    if (orphan) await kill(orphan.pid, 'SIGQUIT');
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    dataDir,
    async start(settings = fast) {
      const one = await startPostgres({ dataDir, log: silent, settings, onGiveUp: fail });
      started.push(one);
      return one;
    },
    fork() {
      const child = fork(join(import.meta.dirname, 'testing-starter.ts'), [dataDir], {
        detached: true,
      });
      children.push(child);
      return child;
    },
    async serverPid() {
      const found = await findPostmaster(pgDataOf(dataDir));
      if (!found) throw new Error('no server');
      return found.pid;
    },
  };
}

/** What a starter process says first. */
export async function said(child: ChildProcess): Promise<Said> {
  const [message]: Said[] = await once(child, 'message', {
    signal: AbortSignal.timeout(endMsMax),
  });
  return message ?? {};
}

/** Kills a process, and waits until its number is free. */
export async function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  process.kill(pid, signal);
  await gone(pid);
}

export async function gone(pid: number): Promise<void> {
  if (await until(async () => ((await runs(pid)) ? undefined : true), endMsMax)) return;
  throw new Error(`process ${pid} does not end`);
}

export async function query<Row extends QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Asks again until the server answers: it is being started anew. */
export async function queryLater<Row extends QueryResultRow>(
  url: string,
  text: string,
): Promise<Row[]> {
  const rows = await until(() => query<Row>(url, text).catch(() => undefined), endMsMax);
  if (!rows) throw new Error('no answer');
  return rows;
}

export async function uidOf(pid: number): Promise<number> {
  return (await stat(`/proc/${pid}`)).uid;
}

async function runs(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false;
  // Whose parent has died may stay a zombie for long where process 1 does not collect them.
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return !/^State:\s+Z/m.test(status) || !/^Threads:\s+1$/m.test(status);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function fail(error: Error): never {
  throw error;
}
