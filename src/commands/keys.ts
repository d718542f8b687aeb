import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { screaming } from '../platform/names.ts';
import { makers } from '../secrets.ts';
import type { Command } from './command.ts';

/** Writes one file a secret, readable by its owner only, and says which setting takes it. */
export const run: Command = async (args) => {
  const { values } = parseArgs({ args: [...args], options: { out: { type: 'string' } } });
  const directory = values.out ?? 'keys';
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lines = Object.entries(makers).map(async ([name, make]) => {
    const path = join(directory, name);
    // Never over an old one: who loses the key of a running system loses every session with it.
    await writeFile(path, await make('bazar'), { mode: 0o600, flag: 'wx' });
    return `${screaming(name)}_FILE=${path}`;
  });
  process.stdout.write(`${(await Promise.all(lines)).join('\n')}\n`);
  return 0;
};
