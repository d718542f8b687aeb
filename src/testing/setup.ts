import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { buildConsole } from '../console-build.ts';
import { startPostgres } from '../postgres/server.ts';
import { roomyFolder } from './temp.ts';

const cacheFolder = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'tests');

/** One PostgreSQL server for the whole run; each test file makes its own database in it. */
let stop = async (): Promise<void> => undefined;

export async function globalSetup(): Promise<void> {
  // Hundreds of short processes load the same modules; only the first ones compile them.
  process.env['NODE_COMPILE_CACHE'] ??= cacheFolder;
  // Once, and not by each process that a test starts.
  await buildConsole(pino({ level: 'silent' }));
  // A server of your own (any version from 15) is used as it is.
  if (process.env['TEST_DATABASE_URL']) return;
  const dataDir = await roomyFolder();
  // A run that is told to end does not wait for a folder to be removed.
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  const server = await startPostgres({
    dataDir,
    log: pino({ level: 'silent' }),
    // Tests that are about durability start a server of their own.
    settings: { fsync: 'off', max_connections: '200' },
    onGiveUp: (error) => {
      throw error;
    },
  });
  process.env['TEST_DATABASE_URL'] = server.url;
  stop = () => server.stop();
}

export async function globalTeardown(): Promise<void> {
  await stop();
}
