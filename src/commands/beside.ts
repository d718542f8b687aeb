import type { Config } from '../config.ts';
import { joinDatabases, type DatabaseParts, type DatabaseUrls } from '../databases.ts';
import { createLifecycle } from '../platform/lifecycle.ts';
import { createLog } from '../platform/log.ts';

type Purpose = { config: Config; name: string; level: string };

/** Does one job on the databases, beside a running Bazar or without one, and closes what it opened. */
export async function besideBazar(
  { config, name, level }: Purpose,
  job: (parts: DatabaseParts, urls: DatabaseUrls) => Promise<unknown>,
): Promise<void> {
  const log = createLog({ level, name });
  const lifecycle = createLifecycle(log);
  const onGiveUp = (err: Error) => log.fatal({ err }, 'PostgreSQL keeps stopping');
  const parts = { config, log, lifecycle, onGiveUp };
  try {
    await job(parts, await joinDatabases(parts));
  } finally {
    await lifecycle.close();
  }
}
