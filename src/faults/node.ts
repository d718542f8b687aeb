import { createWriteStream } from 'node:fs';
import type { NetConnectOpts } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CrashLabel } from '../platform/crash.ts';
import { startLife, type Addresses, type Crash, type Life, type Settings } from './life.ts';

/** How a process came to its end when nobody had killed it. */
export type Ended = { node: string; wasServing: boolean; how: string };

/** One of the processes of Bazar, which is started again whenever it ends. */
export type Node = {
  name: string;
  service: string;
  /** Where it serves at present. */
  addresses: () => Addresses | undefined;
  /** Kills it; from then on its clock is so much ahead. */
  kill: (skewMs?: number) => void;
  /** Lets one of its next lives end at this point. */
  crashAt: (label: CrashLabel, pass: number) => void;
  freeze: () => void;
  thaw: () => void;
  /** It is started as it should be, if it was not. */
  heal: () => void;
  /** The points at which it has ended. */
  hits: readonly CrashLabel[];
  ended: readonly Ended[];
  /** What it has found wrong with its own books. */
  complaints: readonly string[];
  starts: () => number;
  close: () => Promise<void>;
};

type Options = {
  name: string;
  service: string;
  settings: Settings;
  /** Where its log goes. */
  logFile: string;
  /** A module that is loaded before all others. */
  mutant?: string | undefined;
};

const restartPauseMs = 200;

export function startNode(options: Options): Node {
  const { name, service, logFile } = options;
  const self: Self = {
    ...options,
    log: createWriteStream(logFile, { flags: 'a' }),
    planned: [],
    skewMs: 0,
    isClosing: false,
    starts: 0,
    hits: [],
    ended: [],
    complaints: [],
  };
  const lives = { current: bear(self) };
  const living = live(self, lives);
  const kill = (): void => {
    lives.current.isKilled = true;
    lives.current.child.kill('SIGKILL');
  };
  return {
    name,
    service,
    addresses: () => (lives.current.isOver() ? undefined : lives.current.addresses),
    kill(skewMs = self.skewMs) {
      self.skewMs = skewMs;
      kill();
    },
    crashAt(label, pass) {
      self.planned.push({ label, pass });
      if (!lives.current.crash) kill();
    },
    freeze: () => void lives.current.child.kill('SIGSTOP'),
    thaw: () => void lives.current.child.kill('SIGCONT'),
    heal() {
      Object.assign(self, { planned: [], skewMs: 0 });
      lives.current.child.kill('SIGCONT');
      if (lives.current.crash || lives.current.skewMs !== 0) kill();
    },
    hits: self.hits,
    ended: self.ended,
    complaints: self.complaints,
    starts: () => self.starts,
    async close() {
      self.isClosing = true;
      kill();
      await living;
      self.log.end();
    },
  };
}

type Self = Options & {
  log: NodeJS.WritableStream;
  /** Where its next lives are to end. */
  planned: Crash[];
  skewMs: number;
  isClosing: boolean;
  starts: number;
  hits: CrashLabel[];
  ended: Ended[];
  complaints: string[];
};

/** One life after the other. */
async function live(self: Self, lives: { current: Life }): Promise<void> {
  const { isMishap } = await lastWords(self, lives.current);
  // Whoever cannot start, because its database is away for instance, tries again after a while.
  if (isMishap) await sleep(restartPauseMs);
  if (self.isClosing) return;
  lives.current = bear(self);
  await live(self, lives);
}

/** Waits for the end of a life, and takes down what it was. */
async function lastWords(self: Self, life: Life): Promise<{ isMishap: boolean }> {
  const how = await life.over;
  if (life.isKilled) return { isMishap: false };
  if (how === 'SIGKILL' && life.crash) {
    self.hits.push(life.crash.label);
    self.planned = self.planned.filter((crash) => crash !== life.crash);
    return { isMishap: false };
  }
  self.ended.push({ node: self.name, wasServing: life.addresses !== undefined, how });
  return { isMishap: true };
}

function bear(self: Self): Life {
  self.starts += 1;
  const complain = (line: string): void => void self.complaints.push(line);
  return startLife({ ...self, crash: self.planned[0], complain });
}

/** Where a URL such as `http://127.0.0.1:8080` leads. */
export function placeOf(url: string): NetConnectOpts {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}
