// `npm test`: every test, and the files of a folder in one process, which saves most of what a
// process for each costs. With arguments it is `node --test` with these: `npm test -- FILE`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { groupsOf } from './groups.ts';

const root = join(import.meta.dirname, '..', '..');
const urlOf = (file: string): string => pathToFileURL(join(root, file)).href;

const options = [
  '--test',
  '--test-force-exit',
  '--test-concurrency=4',
  `--test-global-setup=${join(root, 'src/testing/setup.ts')}`,
];

async function runNode(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...options, ...args], { stdio: 'inherit', cwd: root });
  // Ctrl-C reaches it by itself; here it only must not stop what comes after.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

async function runAll(): Promise<number> {
  const files = globSync('**/*.test.ts', { cwd: root, exclude: ['node_modules', 'dist', 'data'] });
  const folder = await mkdtemp(join(tmpdir(), 'bazar-tests-'));
  try {
    const groups = [...groupsOf(files.map((file) => file.replaceAll('\\', '/')))];
    const entries = groups.map(async ([name, group], i) => {
      // Node begins with what comes first in the alphabet.
      const place = String(i).padStart(3, '0');
      const entry = join(folder, `${place}-${name.replaceAll(/[^\w.]+/g, '-')}.mjs`);
      const urls = Object.fromEntries(group.map((file) => [file, urlOf(file)]));
      const code = [
        `import { runFiles } from ${JSON.stringify(urlOf('src/testing/shared.ts'))};`,
        `runFiles(${JSON.stringify(urls, null, 2)});`,
      ];
      await writeFile(entry, `${code.join('\n')}\n`);
      return entry;
    });
    return await runNode(await Promise.all(entries));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const args = process.argv.slice(2);
process.exitCode = await (args.length === 0 ? runAll() : runNode(args));
