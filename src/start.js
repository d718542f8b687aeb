// The way in. Node strips types with a compiler that takes 17 MiB and never gives them back, so a
// short-lived process does it once, and every start after that finds the modules compiled: it is
// twice as fast, and small. Where the cache cannot be written, everything works without it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const directory = join(import.meta.dirname, '..', 'node_modules', '.cache', 'bazar');
const isCold = !existsSync(directory);
enableCompileCache(directory);
if (isCold) {
  const [node, main] = [process.execPath, join(import.meta.dirname, 'main.ts')];
  // oxlint-disable-next-line node/no-process-env -- handed on as it is
  const env = { ...process.env, NODE_COMPILE_CACHE: directory };
  spawnSync(node, [main, 'warm'], { env, stdio: 'ignore', timeout: 10_000 });
}
await import('./main.ts');
