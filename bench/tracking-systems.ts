import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { Child } from './children.ts';
import type { Cluster } from './postgres.ts';
import { adminPassword, naiveConnections, startBaseline, startBazar } from './systems.ts';

/** Something that takes fixes over HTTP. */
export type Tracker = {
  name: 'all' | 'naive';
  port: number;
  pids: number[];
  /** So many fixes are in its database. */
  count: () => Promise<number>;
  pause: () => void;
  resume: () => void;
  stop: () => Promise<void>;
};

type Options = { cluster: Cluster; nodeFlags: string[]; settings: string[] };

const password = 'a password of the staff as well';
const atOnceMax = 16;

/** Each start is one process with everything in it, over the same database. */
export function bazarsOver(url: string, options: Options) {
  return async (): Promise<Tracker> => {
    const { child, port } = await startBazar('all', [`--database-url=${url}`], options);
    return tracker('all', { child, port, url, table: 'tracking.fixes' });
  };
}

export async function startNaiveTracker(cluster: Cluster): Promise<Tracker> {
  const url = await cluster.database('bench_naive_tracking');
  const started = await startBaseline('bench/tracking-naive.ts', [`--url=${url}`]);
  return tracker('naive', { ...started, url, table: 'fixes' });
}

export const naiveWords = `a pool of ${naiveConnections} connections`;

type Made = { child: Child; port: number; url: string; table: string };

function tracker(name: Tracker['name'], { child, port, url, table }: Made): Tracker {
  return {
    ...{ name, port, pids: [child.pid], stop: child.stop },
    async count() {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        const { rows } = await client.query<{ n: string }>(`select count(*) as n from ${table}`);
        return Number(rows[0]?.n);
      } finally {
        await client.end();
      }
    },
    pause: () => void child.process.kill('SIGSTOP'),
    resume: () => void child.process.kill('SIGCONT'),
  };
}

export type Staff = { tokens: (port: number) => Promise<string[]> };

/** Accounts that may see and report everything; they are signed in anew before their tokens end. */
export async function hireStaff(port: number, count: number): Promise<Staff> {
  const url = `http://127.0.0.1:${port}`;
  const names = Array.from({ length: count }, (_, n) => `bench-${n + 1}`);
  const admin = await logIn(url, 'admin', adminPassword);
  await forEach(names, async (username) => {
    const account = { username, email: `${username}@example.com`, password };
    const { id } = await ask<{ id: string }>('POST', `${url}/v1/users`, { body: account });
    await ask('PUT', `${url}/v1/users/${id}/role`, { token: admin, body: { role: 'staff' } });
  });
  return createStaff(names);
}

// Access tokens live for ten minutes.
const renewAfterMs = 240_000;

function createStaff(names: readonly string[]): Staff {
  let known: string[] = [];
  let madeAtMs = -Infinity;
  return {
    async tokens(port) {
      if (performance.now() - madeAtMs < renewAfterMs) return known;
      known = await forEach(names, (name) => logIn(`http://127.0.0.1:${port}`, name, password));
      madeAtMs = performance.now();
      return known;
    },
  };
}

async function logIn(url: string, login: string, secret: string): Promise<string> {
  const body = { login, password: secret };
  const reply = await ask<{ accessToken: string }>('POST', `${url}/v1/sessions`, { body });
  return reply.accessToken;
}

export async function ask<Reply>(
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  { token, body }: { token?: string | undefined; body?: unknown },
): Promise<Reply> {
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    'idempotency-key': randomUUID(),
  };
  const answer = await fetch(url, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (answer.ok) return (await answer.json()) as Reply;
  throw new Error(`${method} ${url} answers ${answer.status}: ${await answer.text()}`);
}

/** Some at a time, so that nobody is overrun. */
async function forEach<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    const i = next;
    next += 1;
    const item = items[i];
    if (item === undefined) return;
    results[i] = await work(item);
    return worker();
  };
  await Promise.all(Array.from({ length: atOnceMax }, worker));
  return results;
}
