// Prints the secrets of one overlay for `kubectl create -f -`, which never replaces old ones. They
// go through the pipe only: no file holds them.
import { randomSecret } from '../../src/platform/keys.ts';
import { makers } from '../../src/secrets.ts';
import { serviceNames } from '../../src/settings.ts';

type Secret = {
  apiVersion: 'v1';
  kind: 'Secret';
  metadata: { name: string; namespace: string };
  stringData: Record<string, string>;
};

/** Letters and digits, so that it needs no quotes in an address, in SQL or in a file. */
const password = (): string => Buffer.from(randomSecret(), 'base64url').toString('hex');

/** What every overlay needs, and what demo needs beside it: it brings its own servers. */
const kinds = {
  production: async () => [secret('bazar-keys', await keys())],
  demo: async () => [secret('bazar-keys', await keys()), ...demoServers()],
};

export type SecretKind = keyof typeof kinds;

export function makeSecrets(kind: SecretKind): Promise<Secret[]> {
  return kinds[kind]();
}

async function keys(): Promise<Record<string, string>> {
  return {
    'token-keys': await makers.tokenKeys('bazar'),
    'service-keys': await makers.serviceKeys('bazar'),
    'cursor-key': await makers.cursorKey('bazar'),
  };
}

function demoServers(): Secret[] {
  const roles = serviceNames.map((name) => ({ name, password: password() }));
  const urls = roles.map(({ name, password: own }) => [
    `${name}-database-url`,
    `postgresql://${name}:${own}@postgres:5432/${name}`,
  ]);
  const redisPassword = password();
  return [
    secret('bazar-databases', Object.fromEntries(urls) as Record<string, string>),
    secret('bazar-postgres', {
      'postgres-password': password(),
      'roles.sql': roles.map(rolesSql).join('\n'),
    }),
    secret('bazar-redis', {
      'redis-url': `redis://:${redisPassword}@redis:6379`,
      'redis.conf': redisConf(redisPassword),
    }),
    secret('bazar-admin', { 'admin-password': password() }),
  ];
}

/** A database and a role for each service, which can reach no other. */
function rolesSql(role: { name: string; password: string }): string {
  return `create role ${role.name} login password '${role.password}';
create database ${role.name} owner ${role.name};
revoke all on database ${role.name} from public;
`;
}

/** Nothing is kept on disk: what Redis holds is told again, or may be lost. */
function redisConf(own: string): string {
  return `requirepass ${own}
save ""
appendonly no
dir /data
maxmemory 128mb
maxmemory-policy noeviction
`;
}

function secret(name: string, stringData: Record<string, string>): Secret {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'bazar' }, stringData };
}

if (import.meta.main) {
  const kind = process.argv[2] ?? '';
  if (!Object.hasOwn(kinds, kind)) {
    process.stderr.write(`Say which: ${Object.keys(kinds).join(' or ')}\n`);
    process.exit(2);
  }
  const items = await makeSecrets(kind as SecretKind);
  process.stdout.write(`${JSON.stringify({ apiVersion: 'v1', kind: 'List', items })}\n`);
}
