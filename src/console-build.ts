import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from './platform/log.ts';

const root = join(import.meta.dirname, '..');
const sources = join(root, 'web');
/** Where the console is when it is built. */
export const consoleDirectory = join(root, 'dist', 'console');
/** Says what it was built from. */
export const stampName = 'stamp';

/** The public contract, what else a page takes of our sources, and the libraries. */
const besides = [
  'docs/openapi.json',
  'src/gateway/console-paths.ts',
  'src/platform/errors.ts',
  'src/platform/names.ts',
  'src/tracking/geo.ts',
  'package-lock.json',
];

const buildMsMax = 60_000;

/** Changes with everything that the console is built from. */
export async function consoleStamp(): Promise<string> {
  const names = await readdir(sources, { recursive: true, withFileTypes: true });
  const files = names
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const all = [...files, ...besides.map((name) => join(root, name))];
  const hash = createHash('sha256');
  for (const bytes of await Promise.all(all.map((path) => readFile(path)))) hash.update(bytes);
  return hash.digest('hex');
}

/**
 * Builds the console if it is not there, or not of these sources. Where there are no sources or no
 * builder, as in an image, it stays as it is.
 */
export async function buildConsole(log: Log): Promise<void> {
  if (!existsSync(join(sources, 'build.ts')) || !existsSync(join(root, 'node_modules', 'vite')))
    return;
  const built = await readFile(join(consoleDirectory, stampName), 'utf8').catch(() => '');
  if (built === (await consoleStamp())) return;
  const stdio = ['ignore', 'ignore', 'pipe'] as const;
  const builder = spawn(process.execPath, [join(sources, 'build.ts')], {
    cwd: root,
    stdio: [...stdio],
    timeout: buildMsMax,
  });
  const said: Buffer[] = [];
  builder.stderr?.on('data', (bytes: Buffer) => said.push(bytes));
  const [code] = (await once(builder, 'close')) as [number | null];
  if (code === 0) return;
  const why = Buffer.concat(said).toString().slice(0, 2_000);
  log.warn({ why }, 'the console could not be built; everything else works');
}
