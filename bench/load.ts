// The load generator, a process of its own: it is told what to send by messages, and answers with
// what it saw. Where it can it spends nothing: the machine is the servers'.
import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection } from './connection.ts';
import type { LoadResult, LoadSpec } from './load-spec.ts';
import { closedPace, openPace, type Pace } from './pace.ts';
import { fillIn, makeRequest, type Slot } from './requests.ts';
import { createTally } from './tally.ts';

type Tally = ReturnType<typeof createTally>;

const renewMs = 1_000;
let templates: string[] = [];

process.on('message', (message: { templates?: string[]; run?: LoadSpec }) => {
  if (message.templates) templates = message.templates;
  if (message.run) void run(message.run);
});
process.once('disconnect', () => process.exit(0));

async function run(spec: LoadSpec): Promise<void> {
  const tally = createTally();
  function send(slot: Slot, startedAtMs: number): void {
    slot.startedAtMs = startedAtMs;
    fillIn(slot.request, spec.products);
    slot.connection.send(slot.request.bytes);
  }
  const pace = spec.perSecond === undefined ? closedPace(spec, send) : openPace(spec, send);
  const slots = await connect(spec, { pace, tally });
  pace.start(slots);
  const stopRenewing = renewRequests(slots);
  await sleep(spec.warmMs);
  const cpuBefore = process.cpuUsage();
  const droppedBefore = pace.dropped();
  tally.begin();
  process.send?.({ kind: 'measuring' });
  await sleep(spec.measureMs);
  const { user, system } = process.cpuUsage(cpuBefore);
  const result: LoadResult = {
    ...tally.end(),
    dropped: pace.dropped() - droppedBefore,
    generatorUs: user + system,
  };
  process.send?.({ kind: 'measured', result });
  stopRenewing();
  await pace.stop();
  for (const { connection } of slots) connection.close();
  process.send?.({ kind: 'finished' });
}

/** Opens all connections before the first request is sent. */
async function connect(
  { connections, port }: LoadSpec,
  { pace, tally }: { pace: Pace; tally: Tally },
): Promise<Slot[]> {
  const opening = Array.from({ length: connections }, (_, i) => {
    const { promise, resolve } = Promise.withResolvers<Slot>();
    const slot: Slot = {
      startedAtMs: 0,
      request: requestFor(i),
      connection: openConnection(
        port,
        (answer) => {
          tally.count(answer, slot.startedAtMs);
          pace.next(slot, answer.status !== 201);
        },
        () => resolve(slot),
      ),
    };
    return promise;
  });
  return Promise.all(opening);
}

function requestFor(i: number): Slot['request'] {
  return makeRequest(templates[i % templates.length] ?? '');
}

/** Sessions end while a long run goes on; new ones come by message. */
function renewRequests(slots: readonly Slot[]): () => void {
  let known = templates;
  const timer = setInterval(() => {
    if (known === templates) return;
    known = templates;
    for (const [i, slot] of slots.entries()) slot.request = requestFor(i);
  }, renewMs);
  return () => clearInterval(timer);
}
