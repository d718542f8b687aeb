import { constants } from 'node:fs';
import { lstat, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isCode, openPrivate, unless } from './files.ts';
import { until } from './wait.ts';

export type DirectoryLock = { release(): Promise<void> };

// Whoever only asks holds the lock for an instant, so a starter tries a little longer than that.
const tryMsMax = 300;
const sqliteBusy = 5;

/**
 * Makes this process the only Bazar of a data directory. Node has no file lock of its own; the one
 * that SQLite takes on an empty file is the kernel's, which ends it together with the process,
 * however that dies. A lock inside PostgreSQL would not stand while PostgreSQL starts or restarts.
 */
export async function lockDirectory(dataDir: string): Promise<DirectoryLock> {
  const path = lockPath(dataDir);
  // Closing any handle on the file would drop the locks that this process has on it, so an
  // existing file is never opened by anything but SQLite.
  if (!(await unless(lstat(path), 'ENOENT'))) {
    await (await openPrivate(path, constants.O_EXCL).catch(ignoreExisting))?.close();
  }
  const held = await until(() => take(path), tryMsMax);
  if (!held) throw new Error(await inUse(dataDir));
  const pidFile = await openPrivate(pidPath(dataDir), constants.O_TRUNC);
  await pidFile.writeFile(`${process.pid}\n`);
  await pidFile.close();
  return {
    async release() {
      if (!held.isOpen) return;
      await rm(pidPath(dataDir), { force: true });
      held.close();
    },
  };
}

/** Whether a Bazar lives in this data directory. */
export async function isLocked(dataDir: string): Promise<boolean> {
  if (!(await unless(lstat(lockPath(dataDir)), 'ENOENT', 'ENOTDIR'))) return false;
  const held = take(lockPath(dataDir));
  held?.close();
  return held === undefined;
}

function take(path: string): DatabaseSync | undefined {
  const file = new DatabaseSync(path);
  try {
    // Nothing is ever written, so no journal is to lie about either.
    file.exec('pragma journal_mode = memory; begin immediate');
    return file;
  } catch (error) {
    file.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) {
      return undefined;
    }
    throw new Error(`Cannot lock ${path}`, { cause: error });
  }
}

async function inUse(dataDir: string): Promise<string> {
  const pid = (await unless(readFile(pidPath(dataDir), 'utf8'), 'ENOENT', 'EACCES'))?.trim();
  return (
    `The data directory ${dataDir} is in use by another Bazar (process ${pid ?? 'unknown'}). ` +
    'Stop that one first, or choose another directory with --data'
  );
}

function ignoreExisting(error: unknown): undefined {
  if (!isCode(error, 'EEXIST')) throw error;
}

function lockPath(dataDir: string): string {
  return join(dataDir, 'bazar.lock');
}

function pidPath(dataDir: string): string {
  return join(dataDir, 'bazar.pid');
}
