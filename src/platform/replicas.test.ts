import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { after, test, type TestContext } from 'node:test';
import { until } from '../postgres/wait.ts';
import { freePort } from '../testing/free-port.ts';
import { openReplicas } from './replicas.ts';

/** Other addresses of this machine, which only some systems have without asking. */
const skip = process.platform === 'darwin' && 'macOS has no 127.0.0.2';

type Far = { address: string; asked: number; isStopping: boolean; server: Server };

/** Replicas that share a port and differ by their address, as containers behind one name do. */
async function start(count: number) {
  const port = await freePort();
  const replicas = await Promise.all(
    Array.from({ length: count }, (_, i) => open(`127.0.0.${i + 2}`, port)),
  );
  let addresses = replicas.map(({ address }) => address);
  const options = { connections: 4, connect: { timeout: 1_000 } };
  const calls = openReplicas(`http://bazar.example:${port}`, options, async () => addresses);
  after(async () => {
    await calls.close();
    for (const { server } of replicas) server.close().closeAllConnections();
  });
  const ask = async (path = '/') => {
    const { statusCode, body } = await calls.request({ method: 'POST', path });
    return `${statusCode} ${await body.text()}`;
  };
  const setAddresses = (next: string[]): void => {
    addresses = next;
  };
  return { replicas, ask, setAddresses };
}

async function open(address: string, port: number): Promise<Far> {
  const far: Far = { address, asked: 0, isStopping: false, server: createServer() };
  far.server.on('request', (request, response) => {
    if (request.url === '/health/ready') {
      response.writeHead(far.isStopping ? 503 : 200).end();
      return;
    }
    far.asked += 1;
    if (request.url === '/hang') return;
    if (far.isStopping) response.setHeader('connection', 'close');
    response.end(`${address} as ${request.headers.host?.split(':')[0]}`);
  });
  far.server.listen(port, address);
  await once(far.server, 'listening');
  return far;
}

async function askTimes(ask: () => Promise<string>, times: number): Promise<string[]> {
  const answers: string[] = [];
  // oxlint-disable-next-line no-await-in-loop -- nothing else is under way, so that turns are seen
  for (let i = 0; i < times; i += 1) answers.push(await ask());
  return answers;
}

test(
  'gives each replica its share, also one after the other, under their name',
  { skip },
  async () => {
    const { replicas, ask } = await start(3);

    const answers = await askTimes(ask, 9);

    assert.deepEqual(
      replicas.map(({ asked }) => asked),
      [3, 3, 3],
    );
    assert.match(answers[0] ?? '', /^200 127\.0\.0\.\d as bazar\.example$/);
  },
);

test('loses nothing to a replica that is gone, whatever is asked', { skip }, async () => {
  const { replicas, ask } = await start(2);
  await askTimes(ask, 4);
  const [gone] = replicas as [Far];
  gone.server.close().closeAllConnections();
  await once(gone.server, 'close');
  // A connection that is still open here may break once; from then on it is known.
  await ask().catch(() => undefined);

  const answers = await askTimes(ask, 6);

  assert.equal(answers.filter((answer) => answer.includes('127.0.0.3')).length, 6);
});

test('leaves a replica that is stopping until it is ready again', { skip }, async () => {
  const { replicas, ask } = await start(2);
  const [stopping] = replicas as [Far];
  stopping.isStopping = true;
  await askTimes(ask, 2);
  const { asked } = stopping;

  await askTimes(ask, 6);
  const whileStopping = stopping.asked;
  stopping.isStopping = false;
  const isBack = await until(async () => {
    await ask();
    return stopping.asked > whileStopping || undefined;
  }, 10_000);

  assert.deepEqual({ whileStopping, isBack }, { whileStopping: asked, isBack: true });
});

test('asks others while one hangs', { skip }, async () => {
  const { replicas, ask } = await start(2);
  const hanging = ask('/hang').catch(() => 'given up');

  const answers = await askTimes(ask, 6);

  const used = new Set(answers.map((answer) => answer.split(' ')[1]));
  assert.equal(used.size, 1);
  for (const { server } of replicas) server.closeAllConnections();
  assert.equal(await hanging, 'given up');
});

test(
  'finds replicas that are new, and leaves those that have gone',
  { skip },
  async (t: TestContext) => {
    const { replicas, ask, setAddresses } = await start(3);
    setAddresses(['127.0.0.2']);
    await askTimes(ask, 3);

    setAddresses(['127.0.0.3', '127.0.0.4']);
    const [first, ...others] = replicas as [Far, ...Far[]];
    const areFound = await until(async () => {
      await ask();
      return others.every(({ asked }) => asked > 0) || undefined;
    }, 10_000);
    const { asked } = first;
    await askTimes(ask, 4);

    t.assert.equal(areFound, true);
    t.assert.equal(first.asked, asked);
  },
);
