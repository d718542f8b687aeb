import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { until } from '../src/postgres/wait.ts';
import { freshDatabaseUrl } from '../src/testing/database.ts';
import { makeHome, startAll, type Running } from '../src/testing/process.ts';

const inFlight = 50;
const waitMsMax = 10_000;

test('a stop loses no request, and turns balancers away before it closes', async () => {
  const { processes } = await startAll({ drainMs: 1_000, addressPerMinuteMax: 1_000_000 });
  const bazar = processes['all'] as Running;
  const load = await startLoad(bazar.addresses.gateway ?? '');
  await until(() => load.answered() > inFlight || undefined, waitMsMax);

  const stopped = bazar.stop();
  const unready = await until(async () => {
    const { status } = await fetch(`${bazar.addresses.metrics}/health/ready`);
    return status === 503 || undefined;
  }, waitMsMax);
  load.turnAway();
  const late = await fetch(`${bazar.addresses.gateway}/v1/products`);
  await load.over;

  assert.ok(unready);
  assert.deepEqual([late.status, late.headers.get('connection')], [200, 'close']);
  assert.equal(await stopped, 0);
  assert.deepEqual(load.lost, []);
  await assert.rejects(fetch(`${bazar.addresses.gateway}/v1/products`));
  assert.ok(bazar.log.some((line) => line.msg === 'stopped'));
});

test('a stop during the start ends it', async () => {
  const home = await makeHome();
  const launched = home.launch('serve', { data: home.data, port: 0, metricsPort: 0 });
  const begun = () => launched.log.length > 0 || undefined;
  assert.ok(await until(begun, waitMsMax), launched.stderr());

  assert.equal(await launched.stop(), 0);
  assert.ok(!launched.log.some(({ msg }) => msg === 'serving'));
});

test('a second signal stops at once', async () => {
  const { processes } = await startAll({ drainMs: 600_000 });
  const bazar = processes['all'] as Running;

  bazar.signal('SIGTERM');
  assert.ok(await until(() => bazar.log.some(({ msg }) => msg === 'stopping') || undefined, 5_000));
  bazar.signal('SIGINT');

  assert.equal(await bazar.ended, 1);
});

test('a second signal stops at once also when nobody reads the log any more', async () => {
  const { processes } = await startAll({ drainMs: 600_000 });
  const bazar = processes['all'] as Running;

  bazar.deafen();
  bazar.signal('SIGTERM');
  bazar.signal('SIGINT');

  assert.ok(await until(() => bazar.isOver() || undefined, 5_000), 'it hangs');
});

test('a second Bazar in the same data directory is refused with the reason', async () => {
  const home = await makeHome();
  const first = await home.start({});

  const second = home.launch('serve', { data: home.data, port: 0, metricsPort: 0 });

  assert.equal(await second.ended, 1);
  assert.match(
    second.stderr(),
    new RegExp(`is in use by another Bazar \\(process ${first.pid}\\)`),
  );
  assert.equal((await fetch(`${first.addresses.gateway}/v1/products`)).status, 200);
  assert.equal(await first.stop(), 0);
});

test('a database that goes away and comes back needs no new start', async () => {
  const url = await freshDatabaseUrl();
  const { start } = await makeHome();
  const bazar = await start({ databaseUrl: url });
  const products = () => fetch(`${bazar.addresses.gateway}/v1/products`);

  assert.equal((await products()).status, 200);
  await endConnections(url);

  const healed = await until(async () => (await products()).status === 200 || undefined, 5_000);
  assert.ok(healed, JSON.stringify(bazar.log));
  assert.ok(!bazar.isOver());
});

/** What an administrator does to a database server: every connection to it ends. */
async function endConnections(url: string): Promise<void> {
  const { Client } = (await import('pg')).default;
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  );
  await client.end();
}

/** Keeps requests under way over kept connections; turned away, it opens no new ones. */
async function startLoad(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const lost: string[] = [];
  let answered = 0;
  let turnedAway = false;

  /** Says whether the connection may be used again. */
  async function send(): Promise<boolean> {
    const sent = request(`${url}/v1/products/P001`, { agent });
    sent.end();
    try {
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      await once(response, 'end');
      if (response.statusCode !== 200) lost.push(`answered ${response.statusCode}`);
      answered += 1;
      return response.headers.connection !== 'close';
    } catch (error) {
      lost.push(`${(error as Error).message}, ${sent.reusedSocket ? 'kept' : 'new'}`);
      return false;
    }
  }
  async function sendOnAndOn(): Promise<void> {
    const isKept = await send();
    if (isKept || !turnedAway) await sendOnAndOn();
  }
  const over = Promise.all(Array.from({ length: inFlight }, sendOnAndOn)).finally(() =>
    agent.destroy(),
  );
  return {
    over,
    lost,
    answered: () => answered,
    turnAway: () => {
      turnedAway = true;
    },
  };
}
