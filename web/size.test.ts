import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { consoleDirectory } from '../src/console-build.ts';

const scriptKibMax = 120;

/** Who looks at the map fetches a library for it, and the coasts of the world. */
const isOfMap = (name: string, source: string): boolean =>
  name.includes('_land-') || source.includes('leaflet-container');

test('is small enough for a slow line, all pages together', async () => {
  const assets = join(consoleDirectory, 'assets');
  const scripts = (await readdir(assets)).filter((name) => name.endsWith('.js'));
  const sizes = await Promise.all(
    scripts.map(async (name) => {
      const counts = !isOfMap(name, await readFile(join(assets, name), 'utf8'));
      return { name, bytes: counts ? (await stat(join(assets, `${name}.gz`))).size : 0 };
    }),
  );
  const sum = sizes.reduce((total, { bytes }) => total + bytes, 0);
  assert.ok(sizes.length > 0, 'the console is built');
  assert.ok(sum <= scriptKibMax * 1_024, `${sum} bytes: ${JSON.stringify(sizes)}`);
});
