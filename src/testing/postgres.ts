import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { until } from '../postgres/wait.ts';
import { freePort } from './free-port.ts';
import type { Environment, Yard } from './yard.ts';

const found = ['15', '16', '17', '18']
  .map((major) => `/usr/lib/postgresql/${major}/bin`)
  .find((folder) => existsSync(join(folder, 'pg_basebackup')));

/** The carried server comes without the programs of an operator; Debian's has them all. */
export const postgresPrograms = found ?? '';

/** Why tests with those programs are skipped; `false` when they are there. */
export const programsAreMissing: string | false =
  found === undefined && 'pg_dump and pg_basebackup are missing: apt-get install postgresql-15';

export type Server = {
  /** For its superuser, by its socket. */
  url: string;
  /** For programs of PostgreSQL, to find it. */
  environment: Environment;
  stop: () => Promise<void>;
};

const startMsMax = 20_000;
/** With letters that an address must escape. */
const password = "a/b@c%d'e";

/** Empty clusters; making one takes longer than copying it. */
export async function initialise(
  { folder, run }: Yard,
  [first = '', ...others]: readonly string[],
): Promise<void> {
  await run('initdb', [
    ...[`--pgdata=${join(folder, first)}`, '--username=postgres', '--encoding=UTF8'],
    ...['--locale=C.UTF-8', '--auth-local=trust', '--auth-host=scram-sha-256', '--no-sync'],
  ]);
  await Promise.all(others.map((name) => run('cp', ['-a', first, name])));
}

/** Starts a server on a data directory of the yard. */
export async function startServer(
  { folder, launch }: Yard,
  data: string,
  settings: Environment = {},
): Promise<Server> {
  const port = String(await freePort());
  const all = { port, unix_socket_directories: folder, listen_addresses: '127.0.0.1', ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = launch(join(postgresPrograms, 'postgres'), ['-D', join(folder, data), ...flags]);
  const url = `postgresql://postgres@localhost:${port}/postgres?host=${encodeURIComponent(folder)}`;
  const answers = async () =>
    server.isOver() ||
    query(url, 'select').then(
      () => true,
      () => undefined,
    );
  await until(answers, startMsMax);
  if (server.isOver()) throw new Error(`PostgreSQL did not start: ${server.said()}`);
  const environment = { PGHOST: folder, PGPORT: port, PGUSER: 'postgres' };
  return { url, environment, stop: server.stop };
}

/** A database for each name, with a role that owns it and has a password; says their addresses. */
export async function makeDatabases(
  { url, environment }: Server,
  names: readonly string[],
): Promise<Record<string, string>> {
  const text = names.map(
    (name) => `create role ${name} login password '${password.replaceAll("'", "''")}'`,
  );
  await query(url, text.join(';'));
  // Not in one transaction, which this does not allow; nor at once, for they share a template.
  for (const name of names) {
    // oxlint-disable-next-line no-await-in-loop -- see above
    await query(url, `create database ${name} owner ${name}`);
  }
  const at = `${encodeURIComponent(password)}@127.0.0.1:${environment['PGPORT']}`;
  return Object.fromEntries(names.map((name) => [name, `postgresql://${name}:${at}/${name}`]));
}

/** One question over a connection of its own. */
export async function query<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}
