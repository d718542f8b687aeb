import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What was released last; whoever releases writes the commit here. */
const commit = '4163e4f8b0b24abf7d954f304d1e8d928f47a00e';

const root = join(import.meta.dirname, '..', '..');
/** Not below `node_modules`, where Node runs no TypeScript. What was compiled is kept beside it. */
const folder = join(root, 'dist', 'before');

const run = promisify(execFile);

/** The source of the version before this one, which runs on the libraries of this one. */
export type Before = { source: string; missing: false } | { source: undefined; missing: string };

export async function findBefore(): Promise<Before> {
  const source = join(folder, commit);
  try {
    if (!existsSync(source)) await takeOut(source);
    return { source, missing: false };
  } catch (error) {
    const [reason] = (error as Error).message.trim().split('\n').toReversed();
    return { source: undefined, missing: `git cannot give ${commit.slice(0, 7)}: ${reason}` };
  }
}

/** It is there whole, or not at all. */
async function takeOut(source: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const half = await mkdtemp(join(folder, 'half-'));
  try {
    const archive = join(half, 'archive.tar');
    // Or its tests would be found, and run as ours.
    const parts = ['src', 'data', 'docs', 'package.json', ':(exclude)*.test.ts'];
    await run('git', ['-C', root, 'archive', `--output=${archive}`, commit, '--', ...parts]);
    await run('tar', ['-xf', archive, '-C', half]);
    await rm(archive);
    await rename(half, source);
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}
