import { whenParentEnds } from '../stop.ts';
import type { Environment } from './command.ts';

/**
 * Says when to stop: on a signal, or, under npm, when that is gone, because it does not pass a
 * signal on. A second signal ends the process at once.
 */
export function interrupted(environment: Environment): AbortSignal {
  const stopping = new AbortController();
  let isSignalled = false;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (isSignalled) process.exit(1);
      isSignalled = true;
      stopping.abort();
    });
  }
  if (environment['npm_lifecycle_event']) whenParentEnds(() => stopping.abort());
  return stopping.signal;
}
