import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Api, Service } from '../platform/api.ts';
import { remote } from '../platform/client.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { within } from '../platform/within.ts';

const startMsMax = 30_000;
/** A replica says every second that it is alive. */
export const aliveEveryMs = 1_000;
const silentMsMax = 8_000;
const endMsMax = 5_000;
/** Who has lived for so long has not failed to start. */
const soundMsMin = 10_000;
const pauseMsMin = 100;
const pauseMsMax = 5_000;

export type Part = 'catalog' | 'order';
/** What a replica tells the front: where it answers, and from then on that it is alive. */
export type Sign = { url: string };

type Options<A extends Api> = { part: Part; api: A; log: Log; metrics: Metrics };
type Far<A extends Api> = ReturnType<typeof remote<A>>;

export type Replica<A extends Api> = {
  /** Nothing while it is away. */
  service: () => Service<A> | undefined;
  ready: Promise<void>;
  close: () => Promise<void>;
};

/** Keeps a process of this lab running that is one part of it, until it is told to stop. */
export function keepReplica<A extends Api>({ part, api, log, metrics }: Options<A>): Replica<A> {
  let child: ChildProcess;
  let far: Far<A> | undefined;
  let isClosing = false;
  let failures = 0;
  let restart: NodeJS.Timeout | undefined;
  const ready = Promise.withResolvers<void>();

  function start(): void {
    const started = launch(part);
    const { pid: replicaPid } = started;
    const startedAtMs = performance.now();
    child = started;
    const kill = () => void started.kill('SIGKILL');
    let watchdog = setTimeout(kill, startMsMax);
    started.on('message', ({ url }: Sign) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(kill, silentMsMax);
      if (far) return;
      far = remote(api, { service: part, url, credentials: async () => ({}), metrics });
      log.info({ part, replicaPid, url }, 'a replica is there');
      ready.resolve();
    });
    started.once('exit', (code, signal) => {
      clearTimeout(watchdog);
      void far?.close();
      far = undefined;
      if (isClosing) return;
      if (performance.now() - startedAtMs > soundMsMin) failures = 0;
      const pauseMs = Math.min(pauseMsMin * 2 ** failures, pauseMsMax);
      failures += 1;
      log.warn(
        { part, replicaPid, code, signal, pauseMs },
        'a replica has ended, and is started again',
      );
      restart = setTimeout(start, pauseMs);
    });
  }

  start();
  return {
    service: () => far,
    ready: within(startMsMax, ready.promise, () => new Error(`No ${part} replica starts`)),
    async close() {
      isClosing = true;
      clearTimeout(restart);
      await end(child);
    },
  };
}

/**
 * The same command once more. It is no part of the group that the terminal interrupts: it ends when
 * we say so, or when we are gone.
 */
function launch(part: Part): ChildProcess {
  const [, script = '', lab = '', name = '', ...given] = process.argv;
  // What was given comes later, and so wins over what is only sensible.
  const sensible = ['--log-level=warn', '--pool-max=5'];
  const own = [`--part=${part}`, '--port-offset=0', '--host=127.0.0.1'];
  return fork(script, [lab, name, ...sensible, ...given, ...own], {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), endMsMax);
  await exited;
  clearTimeout(timer);
}
