// Makes the secrets of Bazar in several containers, one file each: `--out=DIRECTORY`. Run by
// make-secrets.sh, or by hand on a machine with Node: `node deploy/make-secrets.ts --out=…`.
import { createHash, randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makers } from '../src/secrets.ts';

/** The users of the images: a secret is for one of them. */
const bazar = 10_001;
const server = 999;
const grafana = 472;

const services = ['users', 'catalog', 'orders', 'tracking'] as const;
const isRoot = process.getuid?.() === 0;
const { values } = parseArgs({ options: { out: { type: 'string', default: 'secrets' } } });

/** In a URL and in a configuration file alike these characters mean themselves. */
const randomPassword = () => randomBytes(24).toString('base64url');

/**
 * Writes a secret unless it is there, and says what it is: who loses the key or the password of a
 * running system has more to mend than to win.
 */
async function keep(name: string, owner: number, make: () => Promise<string> | string) {
  const path = join(values.out, name);
  const isNew = await writeFile(path, await make(), { mode: 0o400, flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
      return false;
    },
  );
  if (isNew && isRoot) await chown(path, owner, owner);
  return readFile(path, 'utf8');
}

async function keepDatabase(service: string): Promise<void> {
  const password = await keep(`${service}-database-password`, server, randomPassword);
  const url = `postgresql://${service}:${password}@postgres:5432/${service}`;
  await keep(`${service}-database-url`, bazar, () => url);
}

/** Redis keeps the hash of a password only; who checks its health may ask nothing else. */
function accessList(password: string): string {
  const hash = createHash('sha256').update(password).digest('hex');
  return [
    `user default on #${hash} ~* &* +@all -@admin -@dangerous +info`,
    'user health on nopass -@all +ping',
    '',
  ].join('\n');
}

async function keepRedis(): Promise<void> {
  const password = randomPassword();
  const url = await keep('redis-url', bazar, () => `redis://:${password}@redis:6379`);
  await keep('redis-access', server, () => accessList(new URL(url).password));
}

await mkdir(values.out, { recursive: true, mode: 0o700 });
// The names of secrets are no secret; whatever is in them must not come into a repository.
await writeFile(join(values.out, '.gitignore'), '*\n');
await Promise.all([
  keep('token-keys', bazar, () => makers.tokenKeys('bazar')),
  keep('service-keys', bazar, () => makers.serviceKeys('bazar')),
  keep('cursor-key', bazar, () => makers.cursorKey('bazar')),
  keep('admin-password', bazar, randomPassword),
  keep('postgres-password', server, randomPassword),
  keep('monitor-password', server, randomPassword),
  keep('grafana-password', grafana, randomPassword),
  keepRedis(),
  ...services.map(keepDatabase),
]);
