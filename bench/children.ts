import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const endMsMax = 12_000;
const wordsMax = 4_000;
const running = new Set<ChildProcess>();
const folders = new Set<string>();
let isEnding = false;

export type Child = {
  pid: number;
  process: ChildProcess;
  /** The first message that has this name. */
  message: <T>(name: string) => Promise<T>;
  isOver: () => boolean;
  lastWords: () => string;
  stop: () => Promise<void>;
};

/** Runs a file of this repository in a process of its own, which ends with this one at the latest. */
export function run(
  file: string,
  args: readonly string[],
  nodeFlags: readonly string[] = [],
): Child {
  if (isEnding) throw new Error('The bench is ending');
  const child = spawn(process.execPath, [...nodeFlags, join(root, file), ...args], {
    // What this says makes Bazar end with its parent, as under npm.
    // oxlint-disable-next-line node/no-process-env -- nothing else of where the bench runs
    env: { PATH: process.env['PATH'], npm_lifecycle_event: 'bench' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let words = '';
  const hear = (text: string) => {
    words = (words + text).slice(-wordsMax);
  };
  child.stdout?.setEncoding('utf8').on('data', hear);
  child.stderr?.setEncoding('utf8').on('data', hear);
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid ?? 0,
    process: child,
    isOver,
    lastWords: () => words,
    message<T>(name: string): Promise<T> {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      const ended = () => reject(new Error(`${file} has ended: ${words}`));
      const hearMessage = (message: T & Record<string, unknown>) => {
        if (!(name in message) && message['kind'] !== name) return;
        child.off('message', hearMessage);
        child.off('exit', ended);
        resolve(message);
      };
      // Several are waited for one after the other, and the end of the child fails them all.
      promise.catch(() => undefined);
      child.on('message', hearMessage);
      child.once('exit', ended);
      return promise;
    },
    async stop() {
      if (isOver()) return;
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), endMsMax);
      await once(child, 'exit');
      clearTimeout(late);
    },
  };
}

export function removeAtExit(folder: string): void {
  folders.add(folder);
}

/** From here on nothing is started any more. */
export function endChildren(): void {
  isEnding = true;
  for (const child of running) child.kill('SIGKILL');
}

/** Whatever happens, nothing that was started or written stays. */
export function cleanUp(): void {
  endChildren();
  for (const folder of folders) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
