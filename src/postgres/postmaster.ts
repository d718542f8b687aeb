import { execFile } from 'node:child_process';
import { readFile, readlink, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import { isCode, unless } from './files.ts';
import { until } from './wait.ts';

/** What the first process of a server writes about itself into its data directory. */
export type Postmaster = { pid: number; port: number; socketDir: string; isReady: boolean };
type PidFile = Postmaster | 'absent' | 'damaged';

const steps = [
  { signal: 'INT', waitMsMax: 10_000 },
  { signal: 'QUIT', waitMsMax: 5_000 },
  { signal: 'KILL', waitMsMax: 5_000 },
] as const;
const askMsMax = 5_000;
const writingMsMax = 300;

/** Reads the pid file; one in the middle of being written is given the moment that it needs. */
export async function readPidFile(pgData: string): Promise<PidFile> {
  const path = join(pgData, 'postmaster.pid');
  const read = async () => parse(await unless(readFile(path, 'utf8'), 'ENOENT'));
  const whole = async () => {
    const found = await read();
    return found === 'damaged' ? undefined : found;
  };
  return (await until(whole, writingMsMax)) ?? 'damaged';
}

/** The server that lives in a data directory, whoever has started it. */
export async function findPostmaster(pgData: string): Promise<Postmaster | undefined> {
  const found = await readPidFile(pgData);
  if (found === 'absent' || found === 'damaged') return undefined;
  return (await isPostmaster(found.pid, pgData)) ? found : undefined;
}

/**
 * Removes a pid file that names no server of ours but would keep PostgreSQL from starting: its pid
 * has gone to some other program meanwhile, or it is empty or garbage after a crash. PostgreSQL's
 * own second guard, shared memory named after the data directory, stays in force.
 */
export async function removeStalePidFile(pgData: string): Promise<void> {
  const found = await readPidFile(pgData);
  if (found === 'absent') return;
  if (found !== 'damaged') {
    // PostgreSQL itself sees that this one is dead, or that it has come up meanwhile.
    if (!isAlive(found.pid) || (await isPostmaster(found.pid, pgData))) return;
  }
  await rm(join(pgData, 'postmaster.pid'), { force: true });
}

/** Stops a server, politely at first, and says whether it is gone in the end. */
export async function stopPostmaster(options: {
  pid: number;
  isGone: () => boolean | Promise<boolean>;
  pgCtl: string;
  log: Logger;
}): Promise<void> {
  const { pid, isGone, pgCtl, log } = options;
  const gone = async () => ((await isGone()) ? true : undefined);
  const escalate = async ([step, ...rest]: readonly (typeof steps)[number][]): Promise<void> => {
    if (!step) throw new Error(`PostgreSQL (process ${pid}) does not end`);
    await send(step.signal, pid, pgCtl);
    if (await until(gone, step.waitMsMax)) return;
    log.warn({ serverPid: pid, signal: step.signal }, 'PostgreSQL does not stop, trying harder');
    await escalate(rest);
  };
  await escalate(steps);
}

/** Whether something takes connections on a socket. */
export async function answers(socketPath: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(socketPath);
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  const answer = await promise;
  socket.destroy();
  return answer;
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

/** Whether a living process is the server of this data directory, and not just a reused number. */
export async function isPostmaster(pid: number, pgData: string): Promise<boolean> {
  if (pid === process.pid || !isAlive(pid)) return false;
  if (process.platform === 'linux') return worksIn(pid, pgData);
  const command = await commandOf(pid);
  return /postgres/i.test(command) && (process.platform === 'win32' || command.includes(pgData));
}

async function worksIn(pid: number, pgData: string): Promise<boolean> {
  const proc = `/proc/${pid}`;
  // A process that we may not look at is another user's, while the server has the data's owner.
  const hidden = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'];
  const program = await unless(readlink(`${proc}/exe`), ...hidden);
  const [here, there] = await Promise.all([
    unless(stat(`${proc}/cwd`), ...hidden),
    unless(stat(pgData), ...hidden),
  ]);
  const isServer = program !== undefined && /\/postgres( \(deleted\))?$/.test(program);
  return isServer && here?.ino === there?.ino && here?.dev === there?.dev;
}

async function commandOf(pid: number): Promise<string> {
  const [file, args] =
    process.platform === 'win32'
      ? (['tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']] as const)
      : (['ps', ['-ww', '-o', 'command=', '-p', String(pid)]] as const);
  const asked = promisify(execFile)(file, args, { timeout: askMsMax, windowsHide: true });
  // ps fails when there is no such process any more.
  return asked.then(({ stdout }) => stdout).catch(() => '');
}

async function send(signal: string, pid: number, pgCtl: string): Promise<void> {
  if (process.platform === 'win32' && signal !== 'KILL') {
    // Windows has no signals: PostgreSQL listens on a pipe, and its own tool knows how to write there.
    const sent = promisify(execFile)(pgCtl, ['kill', signal, String(pid)], { timeout: askMsMax });
    await sent.catch(() => undefined);
    return;
  }
  try {
    process.kill(pid, `SIG${signal}`);
  } catch (error) {
    if (!isCode(error, 'ESRCH')) throw error;
  }
}

function parse(text: string | undefined): PidFile {
  if (text === undefined) return 'absent';
  const [pid, , , port, socketDir, , , status] = text.split('\n');
  const isWhole = /^[1-9]\d*$/.test(pid ?? '') && /^\d+$/.test(port ?? '');
  if (!isWhole || socketDir === undefined) return 'damaged';
  return { pid: Number(pid), port: Number(port), socketDir, isReady: status?.trim() === 'ready' };
}
