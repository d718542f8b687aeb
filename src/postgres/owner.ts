import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { isRoot, unless } from './files.ts';

/** As whom the server runs: PostgreSQL refuses to be root. */
export type Owner =
  | { kind: 'self' }
  | { kind: 'user'; uid: number; gid: number }
  | { kind: 'namespace' };

type User = { kind: 'user'; uid: number; gid: number };
export type Command = { file: string; args: string[]; identity: { uid?: number; gid?: number } };

const nobody: User = { kind: 'user', uid: 65_534, gid: 65_534 };
// Inside a namespace we are nobody too, for initdb wants a user with a name.
const namespaceArgs = ['--user', '--map-user=65534', '--map-group=65534'];
const probeMsMax = 5_000;

/** Decides as whom to run; dataDir exists, its folder for PostgreSQL may not. */
export async function chooseOwner(dataDir: string, pgData: string): Promise<Owner> {
  const existing = await ownerOfData(pgData);
  if (!isRoot()) return existing ? refuseForeign(existing.uid, pgData) : { kind: 'self' };
  // What root itself owns was made inside a namespace, and looks right only from there.
  if (existing) return existing.uid === 0 ? namespace(dataDir) : reaching(existing, dataDir);
  const { uid, gid } = await stat(dataDir);
  const user: User = uid === 0 ? nobody : { kind: 'user', uid, gid };
  return (await canReach(user, dataDir)) ? user : namespace(dataDir);
}

/** The user id that the server's files have, as this process sees them. */
export function ownerUid(owner: Owner): number | undefined {
  return owner.kind === 'user' ? owner.uid : process.getuid?.();
}

/** How to run a program as the owner. */
export function asOwner(owner: Owner, file: string, args: string[]): Command {
  const identity = owner.kind === 'user' ? { uid: owner.uid, gid: owner.gid } : {};
  const command = { file, args, identity };
  return owner.kind === 'namespace' ? inNamespace(command) : command;
}

/** The same command, seeing itself as nobody, while its files stay those of its real user. */
export function inNamespace({ file, args, identity }: Command): Command {
  return { file: 'unshare', args: [...namespaceArgs, file, ...args], identity };
}

/** Whether this owner may pass every folder down to a path. */
export async function canReach(owner: Owner, path: string): Promise<boolean> {
  if (owner.kind !== 'user') return true;
  const { uid, gid, mode } = await stat(path);
  const shift = uid === owner.uid ? 6 : gid === owner.gid ? 3 : 0;
  if (((mode >> shift) & 1) === 0) return false;
  const parent = dirname(path);
  return parent === path || canReach(owner, parent);
}

async function ownerOfData(pgData: string): Promise<User | undefined> {
  const found = await unless(stat(pgData), 'ENOENT');
  if (!found || process.getuid === undefined) return undefined;
  const { uid, gid } = found;
  // An empty folder, such as a fresh volume, says nothing about who is to own the data.
  const entries = await unless(readdir(pgData), 'EACCES');
  return entries?.length === 0 ? undefined : { kind: 'user', uid, gid };
}

function refuseForeign(uid: number, pgData: string): Owner {
  if (uid === process.getuid?.()) return { kind: 'self' };
  throw new Error(
    `The data in ${pgData} belongs to user id ${uid}. Run Bazar as that user or as root, ` +
      'give the data to yourself with chown -R, or choose another directory with --data',
  );
}

async function reaching(user: User, dataDir: string): Promise<Owner> {
  if (await canReach(user, dataDir)) return user;
  throw new Error(
    `The data in ${dataDir} belongs to user id ${user.uid}, who cannot reach it there. Move it to ` +
      'a folder that this user may enter, or choose another directory with --data',
  );
}

async function namespace(dataDir: string): Promise<Owner> {
  try {
    await promisify(execFile)('unshare', [...namespaceArgs, 'true'], { timeout: probeMsMax });
    return { kind: 'namespace' };
  } catch (cause) {
    throw new Error(
      `PostgreSQL refuses to run as root, and no other user can reach ${dataDir}. Run Bazar as an ` +
        'ordinary user, move it out of a private folder such as /root, choose another directory ' +
        'with --data, or set DATABASE_URL to a PostgreSQL server of your own',
      { cause },
    );
  }
}
