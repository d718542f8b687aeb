import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { after, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openProxy, type LinkFault, type Proxy } from './proxy.ts';

/** Long enough for what should not arrive to have arrived. */
const silenceMs = 150;

/** A server that answers each word with the same word, and what it has heard. */
async function echo() {
  let heard = '';
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      heard += bytes.toString();
      socket.write(bytes);
    });
    socket.on('end', () => socket.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    target: { port: (server.address() as AddressInfo).port, host: '127.0.0.1' },
    heard: () => heard,
  };
}

/** A caller, what came back to it, and how its connection ended. */
function call({ port }: Proxy) {
  const socket = connect(port, '127.0.0.1');
  let got = '';
  let end: string | undefined;
  const closed = Promise.withResolvers<void>();
  socket.on('data', (bytes) => (got += bytes.toString()));
  socket.on('error', (error: Error & { code?: string }) => (end = error.code));
  socket.on('end', () => (end ??= 'end'));
  socket.once('close', () => closed.resolve());
  after(() => socket.destroy());
  return {
    say: (word: string) => void socket.write(word),
    hangUp: () => void socket.end(),
    got: async (words: string) => {
      while (got.length < words.length) {
        // oxlint-disable-next-line no-await-in-loop -- waits for the next bytes
        await once(socket, 'data', { signal: AbortSignal.timeout(2_000) });
      }
      assert.equal(got, words);
    },
    ended: async (how: string) => {
      await closed.promise;
      assert.equal(end, how);
    },
    isSilent: async () => {
      const before = got;
      await sleep(silenceMs);
      assert.deepEqual([got, end], [before, undefined]);
    },
  };
}

async function line(t: TestContext) {
  const server = await echo();
  const proxy = await openProxy({ targets: () => [server.target], random: Math.random });
  t.after(() => proxy.close());
  return { server, proxy, set: (fault: LinkFault) => proxy.set(fault) };
}

test('a line passes bytes both ways, and the end of them', async (t) => {
  const { proxy } = await line(t);
  const caller = call(proxy);
  caller.say('hello');
  await caller.got('hello');
  caller.hangUp();
  await caller.ended('end');
});

test('several targets are called in turn, and with none the caller is reset', async (t) => {
  const servers = [await echo(), await echo()];
  const up = servers.map(({ target }) => target);
  const proxy = await openProxy({ targets: () => up, random: Math.random });
  t.after(() => proxy.close());
  for (const word of ['a', 'b']) {
    const caller = call(proxy);
    caller.say(word);
    // oxlint-disable-next-line no-await-in-loop -- in turn
    await caller.got(word);
  }
  assert.deepEqual(
    servers.map(({ heard }) => heard()),
    ['a', 'b'],
  );
  up.length = 0;
  await call(proxy).ended('ECONNRESET');
});

test('who is refused is refused, while open connections go on, until that is over', async (t) => {
  const { proxy, set } = await line(t);
  const open = call(proxy);
  open.say('1');
  await open.got('1');
  set({ kind: 'refuse' });
  await call(proxy).ended('ECONNREFUSED');
  open.say('2');
  await open.got('12');
  set({ kind: 'pass' });
  const next = call(proxy);
  next.say('3');
  await next.got('3');
});

test('a reset ends what is open and what comes', async (t) => {
  const { proxy, set } = await line(t);
  const open = call(proxy);
  open.say('1');
  await open.got('1');
  set({ kind: 'reset' });
  await open.ended('ECONNRESET');
  await call(proxy).ended('ECONNRESET');
});

test('out of a black hole things come late, or not at all', async (t) => {
  const { server, proxy, set } = await line(t);
  const late = call(proxy);
  late.say('1');
  await late.got('1');
  set({ kind: 'blackHole', way: 'there', after: 'deliver' });
  late.say('2');
  await late.isSilent();
  assert.equal(server.heard(), '1');
  set({ kind: 'blackHole', way: 'back', after: 'reset' });
  await late.isSilent();
  assert.equal(server.heard(), '12');
  set({ kind: 'pass' });
  await late.ended('ECONNRESET');

  const patient = call(proxy);
  set({ kind: 'blackHole', way: 'both', after: 'deliver' });
  patient.say('3');
  await patient.isSilent();
  set({ kind: 'pass' });
  await patient.got('3');
});

test('who hangs up in a black hole is heard afterwards, after all that was said', async (t) => {
  const { server, proxy, set } = await line(t);
  const caller = call(proxy);
  caller.say('1');
  await caller.got('1');
  set({ kind: 'blackHole', way: 'there', after: 'deliver' });
  caller.say('2');
  caller.hangUp();
  await caller.isSilent();
  set({ kind: 'pass' });
  await caller.ended('end');
  assert.equal(server.heard(), '12');
});

test('what is delayed comes in its order, and not before its time', async (t) => {
  const { proxy, set } = await line(t);
  set({ kind: 'delay', delayMs: 40, jitterMs: 40 });
  const startedMs = performance.now();
  const caller = call(proxy);
  for (const word of ['1', '2', '3', '4']) {
    caller.say(word);
    // oxlint-disable-next-line no-await-in-loop -- pieces of their own
    await sleep(5);
  }
  await caller.got('1234');
  assert.ok(performance.now() - startedMs >= 80);
});

test('a swallowed answer was an answer: what was asked is done', async (t) => {
  const { server, proxy, set } = await line(t);
  set({ kind: 'swallow', after: 'reset' });
  const first = call(proxy);
  first.say('1');
  await first.ended('ECONNRESET');
  set({ kind: 'swallow', after: 'hang' });
  const second = call(proxy);
  second.say('2');
  await second.isSilent();
  assert.equal(server.heard(), '12');
  set({ kind: 'pass' });
  await second.ended('ECONNRESET');
});

test('a line that is half open says nothing, until it says that it is broken', async (t) => {
  const { server, proxy, set } = await line(t);
  const caller = call(proxy);
  caller.say('1');
  await caller.got('1');
  set({ kind: 'halfOpen' });
  caller.say('2');
  await caller.isSilent();
  set({ kind: 'pass' });
  await caller.ended('ECONNRESET');
  assert.equal(server.heard(), '1');
});
