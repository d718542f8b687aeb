import { startPostgres } from './server.ts';
import { silent, type Said } from './testing.ts';

function say(said: Said): void {
  process.send?.(said);
}

/** A process of its own that starts a server, for tests that kill it. */
async function main(dataDir: string): Promise<void> {
  process.once('message', () => process.exit(1));
  try {
    const { url } = await startPostgres({ dataDir, log: silent, onGiveUp: () => process.exit(1) });
    say({ url });
  } catch (error) {
    say({ error: String(error) });
  }
}

await main(process.argv[2] ?? '');
