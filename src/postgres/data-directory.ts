import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Binaries } from './binaries.ts';
import { hasSockets, makePassword, roleName } from './endpoint.ts';
import { giveFolder, syncFolder, unless } from './files.ts';
import { asOwner, inNamespace, type Command, type Owner } from './owner.ts';

type Parts = {
  dataDir: string;
  binaries: Binaries;
  owner: Owner;
  isDurable: boolean;
  log: Logger;
};

const initMsMax = 120_000;
const outputCharsMax = 4_000;

export const pgDataOf = (dataDir: string): string => join(dataDir, 'postgres');

/** Makes sure that there is a data directory, and that it is one of our PostgreSQL. */
export async function prepareData(parts: Parts): Promise<void> {
  const { dataDir, binaries } = parts;
  await removeHalfMade(dataDir);
  const pgData = pgDataOf(dataDir);
  const version = await unless(readFile(join(pgData, 'PG_VERSION'), 'utf8'), 'ENOENT');
  const entries = version === undefined ? await unless(readdir(pgData), 'ENOENT') : [];
  if (entries && entries.length > 0) throw new Error(`${pgData} holds no PostgreSQL data`);
  if (version === undefined) return initialise(parts);
  if (version.trim() === binaries.major) return;
  throw new Error(
    `The data in ${pgData} was written by PostgreSQL ${version.trim()}, but this Bazar carries ` +
      `PostgreSQL ${binaries.major}. Start the Bazar that wrote it and move the data with pg_dump, ` +
      'or set DATABASE_URL to a PostgreSQL server of your own',
  );
}

/** What a kill has left half made has a name that nobody else uses. */
async function removeHalfMade(dataDir: string): Promise<void> {
  const halves = (await readdir(dataDir)).filter((name) => /^(postgres|program)\.new-/.test(name));
  // An initdb that outlived its Bazar may still be writing; what it leaves goes at the next start.
  const remove = (name: string) =>
    rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  await Promise.all(halves.map(remove));
}

/** Data is made aside, synced, and only then gets its name: it is there whole, or not at all. */
async function initialise({ dataDir, binaries, owner, isDurable, log }: Parts): Promise<void> {
  const startMs = performance.now();
  const half = await mkdtemp(join(dataDir, 'postgres.new-'));
  if (owner.kind === 'user') await giveFolder(half, { ...owner, mode: 0o700 });
  const access = hasSockets
    ? ['--auth-local=trust', '--auth-host=reject']
    : ['--auth=scram-sha-256', `--pwfile=${await makePassword(dataDir)}`];
  const text = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin'];
  const args = [`--pgdata=${half}`, `--username=${roleName}`, '--no-instructions', ...text];
  const sync = isDurable ? [] : ['--no-sync'];
  const all = [...args, '--builtin-locale=C.UTF-8', ...access, ...sync];
  await runInitdb(asOwner(owner, binaries.initdb, all), dataDir);
  await rename(half, pgDataOf(dataDir));
  if (isDurable) await syncFolder(dataDir);
  log.info({ dataDir, tookMs: Math.round(performance.now() - startMs) }, 'PostgreSQL data made');
}

/** A user without a name, as containers often have, must be given one: initdb insists on it. */
async function runInitdb(command: Command, cwd: string): Promise<void> {
  try {
    await run(command, cwd);
  } catch (error) {
    if (!/could not look up effective user/.test(String(error))) throw error;
    await run(inNamespace(command), cwd).catch(() => Promise.reject(error));
  }
}

/** Runs a command to its end, out of reach of the terminal's Ctrl-C. */
function run({ file, args, identity }: Command, cwd: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(file, args, {
    ...identity,
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    windowsHide: true,
    timeout: initMsMax,
    killSignal: 'SIGKILL',
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-outputCharsMax);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.once('error', (cause) => reject(new Error(`Cannot run ${file}`, { cause })));
  child.once('close', (code, signal) => {
    if (code === 0) return resolve();
    reject(new Error(`PostgreSQL's initdb failed (${signal ?? code}):\n${output.trim()}`));
  });
  return promise;
}
