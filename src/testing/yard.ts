import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';
import { asOwner, chooseOwner, type Owner } from '../postgres/owner.ts';
import { guard } from './redis.ts';
import { roomyFolder } from './temp.ts';

export type Environment = Record<string, string>;

/** A folder of one owner, not root, who runs servers and their programs in it. */
export type Yard = {
  folder: string;
  /** Runs a program to its end; gives what it has printed. */
  run: (file: string, args: string[], environment?: Environment) => Promise<string>;
  /** Starts a program that goes on until it is stopped, or until the file is done. */
  launch: (file: string, args: string[], signal?: NodeJS.Signals) => Launched;
};

export type Launched = {
  isOver: () => boolean;
  /** The last of what it has said. */
  said: () => string;
  stop: () => Promise<void>;
};

const runMsMax = 60_000;
const saidCharsMax = 4_000;

type Place = { owner: Owner; folder: string; env: Environment };

/** With the programs of a folder, and Node; everything in it is gone when the file is done. */
export async function openYard(programs: string): Promise<Yard> {
  const folder = await roomyFolder();
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const owner = await chooseOwner(folder, join(folder, 'none'));
  if (owner.kind === 'user') await chown(folder, owner.uid, owner.gid);
  const place = { owner, folder, env: { PATH: pathWith(programs), LC_ALL: 'C.UTF-8' } };
  return {
    folder,
    async run(file, args, environment = {}) {
      const command = asOwner(owner, file, args);
      const env = { ...place.env, ...environment };
      const options = { ...command.identity, env, cwd: folder, timeout: runMsMax };
      const { stdout } = await promisify(execFile)(command.file, command.args, options);
      return stdout.trim();
    },
    launch: (file, args, signal = 'SIGINT') => launch(place, [file, ...args], signal),
  };
}

/** PATH with a folder in front, and with this Node. */
export function pathWith(programs: string): string {
  return [programs, dirname(process.execPath), process.env['PATH']].join(':');
}

function launch(
  { owner, folder, env }: Place,
  [program = '', ...rest]: string[],
  signal: NodeJS.Signals,
): Launched {
  const { file, args, identity } = asOwner(owner, program, rest);
  const child = spawn(file, args, {
    ...identity,
    env,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  guard(child, 'QUIT');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-saidCharsMax);
  });
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  async function stop(): Promise<void> {
    if (isOver()) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  after(stop);
  return { isOver, said: () => said, stop };
}
