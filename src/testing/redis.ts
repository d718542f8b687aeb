import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after } from 'node:test';
import { until } from '../postgres/wait.ts';
import { freePort } from './free-port.ts';

export type TestRedis = {
  url: string;
  /** Ends it as a power cut would: it keeps nothing. */
  kill: () => Promise<void>;
  /** Starts it again at the same address, empty. */
  start: () => Promise<void>;
  signal: (name: NodeJS.Signals) => void;
};

const startMsMax = 10_000;

const binary = await findBinary();

/** Why tests with a Redis are skipped; `false` when there is one. */
export const redisIsMissing: string | false =
  binary === undefined && 'redis-server is not installed: apt-get install redis-server';

async function findBinary(): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin'];
  const files = folders.map((folder) => join(folder, 'redis-server'));
  const found = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => file,
        () => undefined,
      ),
    ),
  );
  return found.find((file) => file !== undefined);
}

/** A Redis of this test file's own, gone when the file is done. */
export async function startRedis(password = ''): Promise<TestRedis> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'bazar-redis-'));
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
  const args = [...settings, '--save', '', '--appendonly', 'no', '--requirepass', password];
  let server: ChildProcess;

  async function kill(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  }

  async function start(): Promise<void> {
    server = spawn(binary ?? 'redis-server', args, { stdio: 'ignore' });
    guard(server);
    const answers = await until(async () => (await isListening(port)) || undefined, startMsMax);
    if (!answers) throw new Error('redis-server does not answer');
  }

  after(async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  });
  await start();
  return {
    url: `redis://${password && `:${password}@`}127.0.0.1:${port}`,
    kill,
    start,
    signal: (name) => void server.kill(name),
  };
}

/** Ends it when this process is gone, however it went: then its end of the pipe is closed. */
export function guard(server: ChildProcess, signal = 'KILL'): void {
  const script = `read -r _; kill -${signal} "$1"`;
  const watching = spawn('sh', ['-c', script, 'guard', String(server.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watching.on('error', () => undefined);
  watching.unref();
  server.once('exit', () => watching.kill('SIGKILL'));
}

async function isListening(port: number): Promise<boolean> {
  const socket = createConnection({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
