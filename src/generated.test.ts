import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { glob, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fillPart, generatedDocs } from './generated.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFile(join(root, path), 'utf8');

describe('the documentation', () => {
  for (const { path, write } of generatedDocs()) {
    test(`says in ${path} what the code says`, async () => {
      const committed = await read(path);
      assert.ok(committed === write(committed), `${path} is out of date: run \`npm run docs\``);
    });
  }

  test('links only to files that exist', async () => {
    const pages = await Array.fromAsync(glob(['*.md', 'docs/**/*.md'], { cwd: root }));
    const links = await Promise.all(pages.map(linksOf));
    assert.ok(
      pages.includes('README.md') && links.flat().length > 10,
      'nothing was found to check',
    );
    const dead = links.flat().filter(({ file }) => !existsSync(join(root, file)));
    assert.deepEqual(dead, []);
  });

  test('names every folder of the source in docs/architecture.md', async () => {
    const page = await read('docs/architecture.md');
    const entries = await readdir(join(root, 'src'), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const unnamed = folders.filter((name) => !page.includes(`\`src/${name}\``));
    assert.deepEqual(unnamed, []);
  });

  test('loses nothing around a part that is filled', () => {
    const before = 'a\n<!-- x -->\nold\n<!-- /x -->\nz';
    assert.equal(fillPart(before, 'x', 'new'), 'a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nz');
    assert.throws(() => fillPart('a', 'x', 'new'), /no marks for x/);
  });
});

/** The files that a page links to; addresses and places within the page are not files. */
async function linksOf(page: string): Promise<{ page: string; file: string }[]> {
  const text = (await read(page)).replaceAll(/^```.*?^```/gms, '');
  return [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)\s]*)?\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => ({ page, file: join(dirname(page), target) }));
}
