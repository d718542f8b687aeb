import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generatedDocs } from '../generated.ts';
import type { Command } from './command.ts';

/** Writes everything in the documentation that follows from code; a test holds it to that. */
export const run: Command = async () => {
  const root = join(import.meta.dirname, '..', '..');
  for (const { path, write } of generatedDocs()) {
    const file = join(root, path);
    // oxlint-disable-next-line no-await-in-loop -- a handful of files
    const before = await readFile(file, 'utf8').catch(() => '');
    // oxlint-disable-next-line no-await-in-loop -- a handful of files
    await writeFile(file, write(before));
    process.stdout.write(`${path}\n`);
  }
  return 0;
};
