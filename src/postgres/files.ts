import { constants } from 'node:fs';
import { lstat, mkdir, open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

// What POSIX calls a group that stays as it is.
const keep = -1;

export const isRoot = (): boolean => process.getuid?.() === 0;

/** True for a failed file operation of one of these kinds, such as ENOENT. */
export function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** What a promise brings, or undefined if it fails in one of these ways. */
export async function unless<T>(work: Promise<T>, ...codes: string[]): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isCode(error, ...codes)) return undefined;
    throw error;
  }
}

/**
 * Makes a folder and its missing parents, and returns its real path. What root makes belongs to
 * the owner of the folder above, and others may pass through it whatever root's umask says.
 */
export async function makeFolder(path: string): Promise<string> {
  const wanted = resolve(path);
  if (await unless(stat(wanted), 'ENOENT')) return realpath(wanted);
  const parent = await makeFolder(dirname(wanted));
  await unless(mkdir(wanted), 'EEXIST');
  if (isRoot()) {
    const { uid, gid } = await stat(parent);
    await giveFolder(wanted, { uid, gid, mode: 0o755 });
  }
  return realpath(wanted);
}

/**
 * Opens a private file for writing. Root may work in somebody else's folder, so links are refused,
 * and the file goes to the owner of the folder, who can then go on without root.
 */
export async function openPrivate(path: string, flags: number): Promise<FileHandle> {
  const noFollow = constants.O_NOFOLLOW ?? 0;
  const file = await open(path, flags | constants.O_WRONLY | constants.O_CREAT | noFollow, 0o600);
  if (isRoot()) {
    const { uid, gid } = await stat(dirname(path));
    await file.chown(uid, gid);
  }
  return file;
}

/** Makes a folder that only this user may enter; refuses one that somebody else has made. */
export async function makePrivateFolder(path: string, uid: number | undefined): Promise<void> {
  const mode = 0o700;
  const made = await unless(
    mkdir(path, { mode }).then(() => true),
    'EEXIST',
  );
  if (uid === undefined) return;
  if (made && isRoot()) await giveFolder(path, { uid, gid: keep, mode });
  const found = await lstat(path);
  if (!found.isDirectory() || found.uid !== uid) {
    throw new Error(
      `${path} belongs to user id ${found.uid}, not ${uid}: remove it and start again`,
    );
  }
  if ((found.mode & 0o777) !== mode) {
    throw new Error(`${path} is open to others: remove it and start again`);
  }
}

/** Gives a folder away by its handle, so that no link can be slipped in for root to follow. */
export async function giveFolder(
  path: string,
  { uid, gid, mode }: { uid: number; gid: number; mode: number },
): Promise<void> {
  const folder = await open(path, constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    await folder.chmod(mode);
    await folder.chown(uid, gid);
  } finally {
    await folder.close();
  }
}

/** Makes a rename durable. Windows cannot open a folder, and needs no help with it. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await unless(open(path, 'r'), 'EISDIR', 'EPERM', 'EACCES');
  if (!folder) return;
  try {
    await unless(folder.sync(), 'EINVAL', 'EPERM', 'EBADF');
  } finally {
    await folder.close();
  }
}
