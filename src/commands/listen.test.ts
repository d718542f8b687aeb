import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { until } from '../postgres/wait.ts';
import { freePort } from '../testing/free-port.ts';
import { makeHome, type Launched, type Settings } from '../testing/process.ts';
import { fakeBazar } from './testing-bazar.ts';

const waitMsMax = 20_000;
const { launch } = await makeHome();
const fix = { timestamp: '2026-01-01T00:00:00Z', latitude: 1, longitude: 2 };
const report = `${JSON.stringify({ vehicle: 'van/1', key: 'bzk_secretsecret', fix })}\n`;

/** A listener that is ready, and its port. */
async function listening(settings: Settings = {}): Promise<Launched & { port: number }> {
  const running = launch('listen', { port: 0, ...settings });
  const portOf = () => /listening on 127\.0\.0\.1:(\d+)/.exec(running.stderr())?.[1];
  const port = await until(portOf, waitMsMax);
  assert.ok(port, running.stderr());
  return { ...running, port: Number(port) };
}

async function send(port: number, text: string): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port }).resume();
  socket.end(text);
  await once(socket, 'close');
}

test('two publishers are heard, again when the listener was away, and all stop when told', async () => {
  const port = await freePort();
  const publishers = ['Publisher1', 'Publisher2'].map((name) =>
    launch('publish', { name, every: '20ms', port }),
  );
  const hears = async (name: string) => {
    const running = await listening({ port });
    const heard = () => running.log.find(({ msg }) => msg?.startsWith(`Hello from ${name}! `));
    const line = await until(heard, waitMsMax);
    assert.match(line?.msg ?? '', / \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.equal(await running.stop(), 0);
  };
  await hears('Publisher1');
  await hears('Publisher2');
  assert.deepEqual(await Promise.all(publishers.map(({ stop }) => stop())), [0, 0]);
});

test('a line that is a fix is printed without its key, and stored', async () => {
  const { asked, url } = await fakeBazar();
  const running = await listening({ url });
  await send(running.port, `hello\n${report}`);
  await until(() => asked[0], waitMsMax);
  const { path, authorization, fixes } = asked[0] ?? {};
  assert.deepEqual(
    [path, authorization, fixes],
    ['/v1/vehicles/van%2F1/fixes', 'Bearer bzk_secretsecret', [fix]],
  );
  await running.stop();
  assert.deepEqual(running.log, [{ msg: 'hello' }, { vehicle: 'van/1', key: '***', fix }]);
});

test('without a Bazar it prints all the same, and warns once', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const running = await listening({ url });
  await send(running.port, `${report}${report}the end\n`);
  await until(() => running.log.find(({ msg }) => msg === 'the end'), waitMsMax);
  assert.equal(await running.stop(), 0);
  assert.equal(running.log.length, 3);
  assert.equal(running.stderr().match(/could not be stored/g)?.length, 1);
  assert.doesNotMatch(running.stderr(), /secret/);
});

test('what is wrong is said in one sentence', async () => {
  const taken = await listening();
  const cases = [
    [launch('listen', { port: taken.port }), /cannot be opened: EADDRINUSE/],
    [launch('listen', { port: 70_000 }), /--port is a number from 0 to 65535/],
    [launch('publish', {}), /Say who: .* --name=Publisher1/],
    [launch('publish', { name: 'a', every: 'often' }), /--every is a time such as 1s/],
  ] as const;
  for (const [{ ended, stderr }, expected] of cases) {
    // oxlint-disable-next-line no-await-in-loop -- they run already
    assert.equal(await ended, 1);
    assert.match(stderr(), expected);
  }
});
