import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { guard } from '../../src/testing/redis.ts';

export type Program = {
  /** Why tests with it are skipped; `false` when it is there. */
  isMissing: string | false;
  /** Runs it to its end; says whether it was content, and what it has said. */
  run: (args: readonly string[]) => Promise<{ isContent: boolean; said: string }>;
  /** Starts it; it is gone when this process is. */
  start: (args: readonly string[]) => Started;
};
export type Started = {
  said: () => string;
  isOver: () => boolean;
  stop: () => Promise<void>;
};

const runMsMax = 120_000;
const folders = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/** A program of Debian, under one of its names. */
export function findProgram(debianPackage: string, ...names: string[]): Program {
  const paths = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  const path = paths.find((one) => existsSync(one));
  const file = path ?? names[0] ?? '';
  const isMissing = !path && `${names[0]} is not installed: apt-get install ${debianPackage}`;
  return {
    isMissing,
    run: (args) =>
      new Promise((resolve) => {
        execFile(file, args, { timeout: runMsMax }, (error, stdout, stderr) =>
          resolve({ isContent: !error, said: `${stdout}${stderr}` }),
        );
      }),
    start: (args) => start(spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] })),
  };
}

function start(child: ChildProcess): Started {
  guard(child);
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  return {
    said: () => text,
    isOver,
    async stop() {
      if (isOver()) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
