import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { freshDatabaseUrl } from '../src/testing/database.ts';
import { makeHome } from '../src/testing/process.ts';

const start = join(import.meta.dirname, '..', 'src', 'start.js');

/** Bazar below a shell, as npm runs it, in a group of its own; gives what it logs, line by line. */
async function startBelowShell() {
  const [{ data }, databaseUrl] = [await makeHome(), await freshDatabaseUrl()];
  const environment = {
    NODE: process.execPath,
    START: start,
    DATA: data,
    DATABASE_URL: databaseUrl,
    npm_lifecycle_event: 'start',
  };
  const flags = '--port=0 --metrics-port=0 --drain-ms=1000';
  const shell = spawn('sh', ['-c', `"$NODE" "$START" serve ${flags}; true`], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const pid = shell.pid ?? assert.fail('no shell');
  after(() => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // All of the group is gone, as it should be.
    }
  });
  return { pid, lines: createInterface({ input: shell.stdout }) };
}

/** All that Bazar says until it ends, after `act` was called with each line. */
async function follow(lines: AsyncIterable<string>, act: (msg: string) => void): Promise<string[]> {
  const seen: string[] = [];
  for await (const line of lines) {
    const { msg, clean } = JSON.parse(line) as { msg: string; clean?: boolean };
    seen.push(clean === true ? `${msg}, clean` : msg);
    act(msg);
  }
  return seen;
}

const victims = { 'the whole group': -1, 'the shell alone': 1 };

for (const [who, sign] of Object.entries(victims)) {
  test(`a signal to ${who} stops Bazar in order`, { timeout: 30_000 }, async () => {
    const { pid, lines } = await startBelowShell();
    const seen = await follow(lines, (msg) => {
      if (msg === 'serving') process.kill(sign * pid, 'SIGTERM');
    });
    assert.equal(seen.at(-1), 'stopped, clean');
  });
}

test(
  'a signal that is seen after the end of npm is the first one',
  { timeout: 30_000 },
  async () => {
    const { pid, lines } = await startBelowShell();
    const seen = await follow(lines, (msg) => {
      if (msg === 'serving') process.kill(pid, 'SIGTERM');
      if (msg === 'stopping, because the parent is gone') process.kill(-pid, 'SIGTERM');
    });
    assert.deepEqual(seen.slice(-2), ['stopping', 'stopped, clean']);
  },
);
