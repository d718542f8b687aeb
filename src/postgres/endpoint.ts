import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { readFile, rmdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePrivateFolder, openPrivate, unless } from './files.ts';
import { ownerUid, type Owner } from './owner.ts';

/** Where a server can be reached. */
export type Endpoint = { port: number; socketDir: string };

// macOS allows the fewest bytes for the path of a socket: 104 with the zero at the end.
const socketPathBytesMax = 103;
const socketPort = 5432;
export const roleName = 'bazar';
export const databaseName = 'bazar';
export const hasSockets = process.platform !== 'win32';

/** Chooses where the server listens: a socket in a private folder, or a local port on Windows. */
export async function makeEndpoint(dataDir: string, owner: Owner): Promise<Endpoint> {
  if (!hasSockets) return { port: await freePort(), socketDir: '' };
  const socketDir = socketDirOf(dataDir);
  await makePrivateFolder(socketDir, ownerUid(owner));
  return { port: socketPort, socketDir };
}

/** The folder of the socket: inside the data directory, unless that makes its path too long. */
export function socketDirOf(dataDir: string): string {
  const name = `bazar-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`;
  const places = [join(dataDir, 'socket'), join(tmpdir(), name), join('/tmp', name)];
  return places.find(fitsSocket) ?? join('/tmp', name);
}

function fitsSocket(dir: string): boolean {
  return Buffer.byteLength(socketPath(dir, socketPort)) <= socketPathBytesMax;
}

/** Clears away the folder of a server that has stopped; left alone when something is in it. */
export async function removeEndpoint({ socketDir }: Endpoint): Promise<void> {
  if (socketDir) await unless(rmdir(socketDir), 'ENOENT', 'ENOTEMPTY', 'EEXIST', 'EACCES', 'EPERM');
}

export function socketPath(socketDir: string, port: number): string {
  return join(socketDir, `.s.PGSQL.${port}`);
}

/** Everything is spelled out, so that no PGHOST, PGUSER or PGSSLMODE of the caller can slip in. */
export async function urlOf(
  endpoint: Endpoint,
  dataDir: string,
  database: string = databaseName,
): Promise<string> {
  const { port, socketDir } = endpoint;
  if (socketDir) {
    const host = encodeURIComponent(socketDir);
    return `postgresql://${roleName}@localhost:${port}/${database}?host=${host}&sslmode=disable`;
  }
  const password = await readFile(passwordPath(dataDir), 'utf8');
  return `postgresql://${roleName}:${password.trim()}@127.0.0.1:${port}/${database}?sslmode=disable`;
}

/** Makes the password that guards a local port, where every user of the machine can knock. */
export async function makePassword(dataDir: string): Promise<string> {
  const path = passwordPath(dataDir);
  const file = await openPrivate(path, constants.O_TRUNC);
  await file.writeFile(`${randomBytes(24).toString('hex')}\n`);
  await file.sync();
  await file.close();
  return path;
}

function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    server.close(() => resolve(port));
  });
  return promise;
}

function passwordPath(dataDir: string): string {
  return join(dataDir, 'postgres-password');
}
