import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { Client } from 'pg';
import { until } from '../../src/postgres/wait.ts';
import { testServerUrl } from '../../src/testing/database.ts';
import { freePort } from '../../src/testing/free-port.ts';
import { guard } from '../../src/testing/redis.ts';

const startMsMax = 10_000;
const textOf = (answer: Response): Promise<string> => answer.text();
const monitorSql = join(import.meta.dirname, '..', 'postgres', 'monitor.sql');

const whyMissing = (program: string): string | false =>
  !existsSync(`/usr/bin/${program}`) && `${program} is not installed: apt-get install ${program}`;

/** Why what they tell is not compared; `false` when they are there. */
export const postgresExporterIsMissing = whyMissing('prometheus-postgres-exporter');
export const redisExporterIsMissing = whyMissing('prometheus-redis-exporter');

/** What the exporter of PostgreSQL tells of the server of the tests, as the role that is shipped. */
export async function askPostgresExporter(): Promise<string> {
  const url = new URL(testServerUrl());
  const role = `monitor_${randomBytes(4).toString('hex')}`;
  await onServer(
    readFileSync(monitorSql, 'utf8')
      .replaceAll(/\bmonitor\b/g, role)
      .replace(/^\\set.*$/m, '')
      .replace(":'monitor_password'", `'${role}'`),
  );
  after(() => onServer(`drop role ${role}`));
  const host = url.searchParams.get('host') ?? url.hostname;
  const place = `host=${host} port=${url.port || '5432'} dbname=${url.pathname.slice(1)}`;
  return ask('prometheus-postgres-exporter', [], {
    DATA_SOURCE_NAME: `${place} user=${role} password=${role} sslmode=disable`,
  });
}

/** What the exporter of Redis tells of one. */
export function askRedisExporter(url: string): Promise<string> {
  return ask('prometheus-redis-exporter', [`--redis.addr=${url}`], {});
}

/** Starts an exporter, takes what it tells once, and ends it. */
async function ask(
  program: string,
  args: string[],
  environment: Record<string, string>,
): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`;
  const exporter = spawn(`/usr/bin/${program}`, [`--web.listen-address=${address}`, ...args], {
    env: environment,
    stdio: 'ignore',
  });
  guard(exporter);
  const answer = await until(
    () => fetch(`http://${address}/metrics`).then(textOf, () => undefined),
    startMsMax,
  );
  exporter.kill('SIGKILL');
  if (!answer) throw new Error(`${program} did not answer`);
  return answer;
}

async function onServer(text: string): Promise<void> {
  const client = new Client({ connectionString: testServerUrl() });
  await client.connect();
  await client.query(text);
  await client.end();
}
