import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stayConnected } from './connection.ts';

/** An answer that says this and then breaks off, or goes on for ever. */
function streamOf(texts: readonly string[], { isEndless = false } = {}) {
  return (_: string | undefined, signal: AbortSignal): Response => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
        signal.addEventListener('abort', () => controller.error(signal.reason));
        if (!isEndless) controller.close();
      },
    });
    return new Response(body);
  };
}

type Answer = ReturnType<typeof streamOf>;

/** Connects to one of these after the other, and is over with the last. */
async function play(answers: readonly Answer[]) {
  const over = new AbortController();
  const asked: (string | undefined)[] = [];
  const heard: string[] = [];
  const connected: boolean[] = [];
  const rests: [failures: number, seconds: number][] = [];
  await stayConnected(
    {
      open: async (lastEventId, signal) => {
        const answer = answers[asked.length];
        asked.push(lastEventId);
        if (!answer) over.abort();
        return answer?.(lastEventId, signal) ?? Response.error();
      },
      heard: ({ data }) => heard.push(data),
      connected: (isConnected) => connected.push(isConnected),
      rest: async (failures, seconds) => void rests.push([failures, seconds]),
    },
    over.signal,
  );
  return { asked, heard, connected, rests };
}

const refused: Answer = () => new Response('', { status: 429, headers: { 'retry-after': '7' } });
const unreachable: Answer = () => {
  throw new TypeError('no network');
};

test('goes on after the last event that it has heard', async () => {
  const first = streamOf(['event: order\nid: a.1\ndata: 1\n\n', ':\nid: a.2\n\nevent: ord']);
  const second = streamOf(['event: order\ndata: 2\n\n']);

  const { asked, heard, connected } = await play([first, second]);

  assert.deepEqual(asked, [undefined, 'a.2', 'a.2']);
  assert.deepEqual(heard, ['1', '2']);
  assert.deepEqual(connected, [true, false, true, false]);
});

test('rests longer after each failure, and not after something was heard', async () => {
  const { rests } = await play([unreachable, unreachable, streamOf([':\n\n']), unreachable]);
  assert.deepEqual(
    rests.map(([failures]) => failures),
    [1, 2, 1, 2],
  );
});

test('rests as long as it is asked to', async () => {
  const { rests, connected } = await play([refused]);
  assert.deepEqual(rests, [[1, 7]]);
  assert.deepEqual(connected, [false]);
});

test('takes a long silence for the end', { timeout: 10_000 }, async ({ mock }) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const silent: Answer = (id, signal) => {
    const response = streamOf([], { isEndless: true })(id, signal);
    queueMicrotask(() => mock.timers.tick(40_000));
    return response;
  };
  const { rests } = await play([silent]);
  assert.equal(rests.length, 1);
});
