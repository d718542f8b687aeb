// Builds the console into dist/console, whole or not at all: `npm run build`.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompress, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { build } from 'vite';
import { consoleStamp, stampName } from '../src/console-build.ts';

const dist = join(import.meta.dirname, '..', 'dist');
const target = join(dist, 'console');
const making = join(dist, `console-${process.pid}`);
const packed = [
  ['.br', promisify(brotliCompress)],
  ['.gz', promisify(gzip)],
] as const;
/** What compresses well; pictures are small already. */
const texts = /\.(?:html|js|css|svg|json)$/;

/** Small files once, at their best, instead of again for every reader. */
async function pack(directory: string): Promise<void> {
  const names = (await readdir(directory, { recursive: true })).filter((name) => texts.test(name));
  await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      const bytes = await readFile(path);
      await Promise.all(
        packed.map(async ([ending, compress]) =>
          writeFile(`${path}${ending}`, await compress(bytes)),
        ),
      );
    }),
  );
}

const stamp = await consoleStamp();
await mkdir(dist, { recursive: true });
await build({
  configFile: join(import.meta.dirname, 'vite.config.ts'),
  configLoader: 'native',
  build: { outDir: making },
});
await pack(making);
await writeFile(join(making, stampName), stamp);
const before = `${making}-before`;
// Whoever reads at this moment finds the one or the other, but for the blink between two renames.
await rename(target, before).catch(() => undefined);
await rename(making, target).catch(async (error: NodeJS.ErrnoException) => {
  // Somebody else was faster; theirs is as good.
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  await rm(making, { recursive: true });
});
await rm(before, { recursive: true, force: true });
