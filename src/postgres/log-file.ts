import { constants } from 'node:fs';
import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { openPrivate, unless } from './files.ts';

const logBytesMax = 10 * 1024 * 1024;
const tailBytesMax = 4_000;

/** Opens the server's log, in a file so that it outlives us; `size` is what it holds so far. */
export async function openLog(dataDir: string): Promise<{ file: FileHandle; size: number }> {
  const path = logPath(dataDir);
  const found = await unless(stat(path), 'ENOENT');
  if (found && found.size > logBytesMax) await rename(path, `${path}.old`);
  const file = await openPrivate(path, constants.O_APPEND);
  return { file, size: (await file.stat()).size };
}

/** The end of the log, but nothing from before `start`. */
export async function readLog(dataDir: string, start: number): Promise<string> {
  const file = await open(logPath(dataDir), 'r');
  try {
    const { size } = await file.stat();
    const from = Math.max(start, size - tailBytesMax);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await file.close();
  }
}

function logPath(dataDir: string): string {
  return join(dataDir, 'postgres.log');
}
