import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { seeded } from '../src/faults/random.ts';
import { until } from '../src/postgres/wait.ts';
import { client, type Ask } from '../src/testing/http.ts';
import { adminPassword, makeHome, postmasterOf, type Running } from '../src/testing/process.ts';
import { logInAsStaff, password, readPages, someName } from '../src/testing/shop.ts';
import type { User } from '../src/users/shapes.ts';

const victims = ['Bazar', 'PostgreSQL', 'both'] as const;
type Victim = (typeof victims)[number];

const rounds = 10;
const clients = 4;
const answersBeforeKillMax = 8;
const healMsMax = 20_000;
const limits = { adminPassword, logInPerMinuteMax: 100_000, addressPerMinuteMax: 100_000 };

test('what was confirmed is still there after ten kills', { timeout: 120_000 }, async () => {
  const seed = randomInt(2 ** 31);
  const random = seeded(seed);
  const home = await makeHome();
  const confirmed = new Set<string>();
  const endurance = { confirmed, data: home.data };
  let bazar = await home.start(limits);

  for (let round = 0; round < rounds; round += 1) {
    const victim = victims[round % victims.length] as Victim;
    const count = 1 + Math.floor(random() * answersBeforeKillMax);
    const where = `round ${round}, ${victim}, seed ${seed}`;
    // oxlint-disable-next-line no-await-in-loop -- one disaster after the other
    await registerUntilKilled(bazar, { ...endurance, victim, count });
    // oxlint-disable-next-line no-await-in-loop -- one disaster after the other
    if (victim !== 'PostgreSQL') bazar = await home.start(limits);
    const ask = client([bazar.addresses.gateway ?? '']);
    // oxlint-disable-next-line no-await-in-loop -- one disaster after the other
    const healed = await until(() => register(ask, confirmed), healMsMax);
    assert.ok(healed, `no healing in ${where}: ${bazar.stderr()} ${JSON.stringify(bazar.log)}`);
  }

  const ask = client([bazar.addresses.gateway ?? '']);
  const token = await logInAsStaff(ask);
  const page = (cursor: string) => ask(`GET /v1/users?limit=100${cursor}`, { token });
  const names = (await readPages<User>(page, () => false)).map(({ username }) => username);
  assert.deepEqual([...confirmed.difference(new Set(names))], [], `lost with seed ${seed}`);
  assert.ok(confirmed.size >= rounds * 2);
  assert.equal(await bazar.stop(), 0);
});

type Disaster = { confirmed: Set<string>; data: string; victim: Victim; count: number };

/** Clients open accounts until so many answers have come; then, with others under way, it strikes. */
async function registerUntilKilled(bazar: Running, disaster: Disaster): Promise<void> {
  const { confirmed, data, victim, count } = disaster;
  const ask = client([bazar.addresses.gateway ?? '']);
  const postmaster = await postmasterOf(data);
  const enough = confirmed.size + count;
  let killed: Promise<void> | undefined;

  async function kill(): Promise<void> {
    if (victim !== 'Bazar' && postmaster) process.kill(postmaster, 'SIGKILL');
    if (victim !== 'PostgreSQL') await bazar.kill();
  }
  async function registerOnAndOn(): Promise<void> {
    await register(ask, confirmed);
    if (confirmed.size >= enough) killed ??= kill();
    if (!killed) await registerOnAndOn();
  }
  await Promise.all(Array.from({ length: clients }, registerOnAndOn));
  await killed;
}

/** Opens an account; only an answer of 201 is a promise. */
async function register(ask: Ask, confirmed: Set<string>): Promise<true | undefined> {
  const username = someName();
  const body = { username, email: `${username}@shop.example`, password };
  const answer = await ask('POST /v1/users', { body }).catch(() => undefined);
  if (answer?.status !== 201) return undefined;
  confirmed.add(username);
  return true;
}
