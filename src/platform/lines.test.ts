import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { until } from '../postgres/wait.ts';
import { createLineSplitter, openLineServer, type SentLine } from './lines.ts';

const waitMsMax = 10_000;

type Options = Partial<Parameters<typeof openLineServer>[0]>;

/** A server that remembers what comes, and what talks to it. */
async function listening(options: Options = {}) {
  const lines: SentLine[] = [];
  const server = await openLineServer({
    host: '127.0.0.1',
    port: 0,
    onLine: async (line) => void lines.push(line),
    ...options,
  });
  const sockets: Socket[] = [];
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await server.close();
  });
  async function dial(): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port: server.port });
    sockets.push(socket);
    socket.on('error', () => undefined).resume();
    await once(socket, 'connect');
    return socket;
  }
  const have = (count: number) =>
    until(() => (lines.length >= count ? lines : undefined), waitMsMax);
  return { server, lines, dial, have };
}

const split = (pieces: Iterable<Uint8Array>, bytesMax?: number) => {
  const splitter = createLineSplitter(bytesMax);
  const lines = [...pieces].flatMap((piece) => [...splitter.take(piece)]);
  return [...lines, ...splitter.end()];
};

test('lines are the same however they are cut into pieces', () => {
  const texts = fc.array(
    fc.string({ unit: 'binary' }).map((text) => text.replace(/[\r\n]/g, '')),
    {
      maxLength: 8,
    },
  );
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 9 }), (lines, size) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const count = Math.ceil(bytes.length / size);
      const pieces = Array.from({ length: count }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      assert.deepEqual(
        split(pieces).map(({ text }) => text),
        lines.map((line) => Buffer.from(line).toString()),
      );
    }),
  );
});

test('a line that is too long is cut, and the next one is whole', () => {
  const lines = split([Buffer.from('12345'), Buffer.from('6789'), Buffer.from('0\nab\n')], 6);
  assert.deepEqual(lines, [
    { text: '123456', isCut: true },
    { text: 'ab', isCut: false },
  ]);
});

test('a thousand connections that say nothing, a line of a megabyte, noise and half characters harm nobody', async () => {
  const { dial, have } = await listening();
  const idle = await Promise.all(Array.from({ length: 1_000 }, dial));
  const [long, noisy, halved] = await Promise.all([dial(), dial(), dial()]);
  long.write(`${'x'.repeat(1024 * 1024)}\nafter\n`);
  noisy.write(Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a]));
  const char = Buffer.from('\u{1f69a}\r\n');
  for (const byte of char) halved.write(Buffer.from([byte]));
  idle[500]?.end('without an end');
  const lines = (await have(5)) ?? [];
  const texts = lines.map(({ line, isCut }) => (isCut ? `cut ${line.length}` : line));
  assert.deepEqual(
    texts.toSorted(),
    ['after', `cut ${64 * 1024}`, 'without an end', '\u{1f69a}', '\ufffd\ufffd\0\ufffd'].toSorted(),
  );
  assert.match(lines[0]?.peer ?? '', /^127\.0\.0\.1:\d+$/);
});

test('more connections than allowed are closed, and those that are open go on', async () => {
  const { dial, have } = await listening({ connectionsMax: 2 });
  const [first] = [await dial(), await dial()];
  const third = await dial();
  if (!third.closed) await once(third, 'close');
  first.write('still here\n');
  assert.equal((await have(1))?.[0]?.line, 'still here');
});

test('a connection that says nothing for too long is closed', async () => {
  const { dial } = await listening({ idleMsMax: 20 });
  const socket = await dial();
  if (!socket.closed) await once(socket, 'close');
});

test('who sends faster than is taken has to wait', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  let count = 0;
  const onLine = async () => {
    count += 1;
    await gate;
  };
  const { dial } = await listening({ onLine });
  const socket = await dial();
  const chunk = `${'y'.repeat(1_023)}\n`.repeat(1_024);
  let megabytes = 0;
  while (megabytes < 64 && socket.write(chunk)) megabytes += 1;
  const wasDrained = once(socket, 'drain');
  let isDrained = false;
  void wasDrained.then(() => (isDrained = true));
  for (let i = 0; i < 63; i += 1) socket.write(chunk);
  await until(() => count || undefined, waitMsMax);
  assert.equal(isDrained, false);
  assert.equal(count, 1);
  open();
  await wasDrained;
});

test('a connection that breaks, or whose lines cannot be handled, is closed alone', async () => {
  const lines: string[] = [];
  const { dial } = await listening({
    async onLine({ line }) {
      if (line === 'bad') throw new Error('a fault');
      lines.push(line);
    },
  });
  const [bad, broken, good] = await Promise.all([dial(), dial(), dial()]);
  bad.write('bad\n');
  broken.write('half');
  broken.resetAndDestroy();
  if (!bad.closed) await once(bad, 'close');
  good.write('fine\n');
  await until(() => lines[0], waitMsMax);
  assert.deepEqual(lines, ['fine']);
});

test('closing ends every connection', async () => {
  const { server, dial } = await listening();
  const sockets = await Promise.all([dial(), dial()]);
  const ends = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
  await server.close();
  await Promise.all(ends);
});
