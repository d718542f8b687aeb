import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { CrashLabel } from '../platform/crash.ts';
import { kebab } from '../platform/names.ts';
import { guardProcess } from './guard.ts';

export type Settings = Record<string, string | number>;
export type Addresses = { gateway?: string; internal?: string; metrics?: string };
export type Crash = { label: CrashLabel; pass: number };

/** A process of Bazar from its start to its end. */
export type Life = {
  child: ChildProcess;
  crash: Crash | undefined;
  skewMs: number;
  /** Where it serves, once it does. */
  addresses: Addresses | undefined;
  /** Whether its end is our doing. */
  isKilled: boolean;
  isOver: () => boolean;
  /** Resolves to the signal or the exit code that ended it. */
  over: Promise<string>;
};

type Options = {
  settings: Settings;
  /** A module that is loaded before all others. */
  mutant?: string | undefined;
  /** Where it is to kill itself. */
  crash?: Crash | undefined;
  /** So much is its clock ahead. */
  skewMs: number;
  /** Takes all that it says. */
  log: NodeJS.WritableStream;
  /** Takes what it has found wrong with its own books. */
  complain: (line: string) => void;
};

const start = join(import.meta.dirname, '..', 'start.js');
const skewModule = pathToFileURL(join(import.meta.dirname, 'skew.ts')).href;

export function startLife(options: Options): Life {
  const { mutant, crash, skewMs, log, complain } = options;
  const crashAt = crash && `${crash.label}:${crash.pass}`;
  const settings = { ...options.settings, ...(crashAt && { crashAt }) };
  const flags = Object.entries(settings).map(([key, value]) => `--${kebab(key)}=${value}`);
  const imports = [mutant, skewMs !== 0 && `${skewModule}?ms=${skewMs}`].filter(Boolean);
  const before = imports.flatMap((module) => ['--import', String(module)]);
  const child = spawn(process.execPath, [...before, start, 'serve', ...flags], {
    cwd: tmpdir(),
    // Nothing of what happens to be set here may reach it.
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C is for the harness, which then ends all of them.
    detached: true,
  });
  const release = guardProcess(child.pid ?? 0, 'KILL');
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const over = once(child, 'close').then(([code, signal]) => {
    release();
    return String(signal ?? `exit code ${code}`);
  });
  const outfit = { crash, skewMs, addresses: undefined, isKilled: false };
  const life: Life = { child, ...outfit, isOver, over };
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.includes('"serving"')) life.addresses = JSON.parse(line) as Addresses;
    // K2 is about time, and with clocks that are wrong it is wrong too.
    const isComplaint = line.includes('the books do not add up');
    if (isComplaint && !line.includes('"invariant":"K2"')) complain(line);
  });
  return life;
}
