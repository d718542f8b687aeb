// Reports fixes, as a process of its own. The requests are made in advance: only times are written.
import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection, type Answer, type Connection, type OnAnswer } from './connection.ts';
import { createHistogram } from './histogram.ts';
import { fillPost, makePost, type PostRequest } from './tracking-requests.ts';
import type { PostResult, PostSpec } from './tracking-spec.ts';

type Slot = {
  connection: Connection;
  request: PostRequest;
  vehicle: number;
  isBusy: boolean;
  /** Fixes that are due while the one before is under way. */
  owed: number;
  startedAtMs: number;
};

const tickMs = 1;
const drainMsMax = 10_000;
const storedForm = /"stored":(\d+)/;

process.on('message', (message: { run?: PostSpec }) => {
  if (message.run) void run(message.run);
});
process.once('disconnect', () => process.exit(0));

async function run(spec: PostSpec): Promise<void> {
  const work = createWork(spec);
  await work.open();
  work.start();
  await sleep(spec.warmMs);
  const cpuBefore = process.cpuUsage();
  const beganAtMs = performance.now();
  work.measure(true);
  process.send?.({ kind: 'measuring' });
  await sleep(spec.measureMs);
  work.measure(false);
  const seconds = (performance.now() - beganAtMs) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  process.send?.({ kind: 'measured' });
  await work.stop();
  const result: PostResult = { ...work.result(), seconds, generatorUs: user + system };
  process.send?.({ kind: 'finished', result });
}

function createWork(spec: PostSpec) {
  const { connections, vehicles, fixesPerRequest, perSecond } = spec;
  const clocks = new Float64Array(vehicles).fill(spec.startMs);
  const tally = createTally(fixesPerRequest);
  const { promise: drained, resolve: drain } = Promise.withResolvers<void>();
  let slots: Slot[] = [];
  let busy = 0;
  let isOver = false;

  function send(slot: Slot): void {
    const { request, vehicle, connection } = slot;
    const dueMs = clocks[vehicle] ?? 0;
    const firstMs = perSecond === undefined ? dueMs : Math.max(Date.now(), dueMs + 1);
    const nextMs = fillPost(request, vehicle, firstMs);
    clocks[vehicle] = perSecond === undefined ? nextMs : firstMs;
    if (perSecond === undefined) slot.vehicle += connections;
    if (slot.vehicle >= vehicles) slot.vehicle %= connections;
    slot.startedAtMs = performance.now();
    slot.isBusy = true;
    busy += 1;
    connection.send(request.bytes);
  }
  function answered(slot: Slot, answer: Answer): void {
    slot.isBusy = false;
    busy -= 1;
    tally.count(answer, slot.startedAtMs);
    if (isOver) {
      if (busy === 0) drain();
    } else if (perSecond === undefined) send(slot);
    else if (slot.owed > 0) {
      slot.owed -= 1;
      send(slot);
    }
  }
  async function open(i: number): Promise<Slot> {
    const { promise, resolve } = Promise.withResolvers<void>();
    let hear: OnAnswer = () => undefined;
    const slot: Slot = {
      connection: openConnection(spec.port, (answer) => hear(answer), resolve),
      request: makePost(spec.tokens[i % spec.tokens.length], fixesPerRequest),
      ...{ vehicle: i, isBusy: false, owed: 0, startedAtMs: 0 },
    };
    hear = (answer) => answered(slot, answer);
    await promise;
    return slot;
  }
  /** Each vehicle in turn, at even distances. */
  function pace(fixesPerSecond: number): void {
    const startMs = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      if (isOver) return clearInterval(timer);
      const due = ((performance.now() - startMs) / 1_000) * fixesPerSecond;
      for (; sent < due; sent += 1) {
        const slot = slots[sent % slots.length];
        if (slot?.isBusy) slot.owed += 1;
        else if (slot) send(slot);
      }
      return undefined;
    }, tickMs);
  }
  return {
    async open() {
      slots = await Promise.all(Array.from({ length: connections }, (_, i) => open(i)));
    },
    start: () => (perSecond === undefined ? slots.forEach(send) : pace(perSecond)),
    measure: (isOn: boolean) => tally.measure(isOn),
    result: () => ({ ...tally.result(), endMs: Math.max(...clocks) }),
    /** What is under way is waited for: it will be counted in the database as well. */
    async stop() {
      isOver = true;
      if (busy > 0) await Promise.race([drained, sleep(drainMsMax)]);
      for (const { connection } of slots) connection.close();
    },
  };
}

function createTally(fixesPerRequest: number) {
  const durations = createHistogram();
  const odd: Record<string, number> = {};
  const examples: Record<string, string> = {};
  let stored = 0;
  let storedInAll = 0;
  let isOn = false;
  return {
    measure(isWanted: boolean) {
      isOn = isWanted;
    },
    count({ status, text }: Answer, startedAtMs: number) {
      const said = Number(storedForm.exec(text)?.[1] ?? 0);
      storedInAll += said;
      if (status !== 200 || said !== fixesPerRequest) {
        const name = status === 200 ? `200 with ${said} stored` : String(status);
        odd[name] = (odd[name] ?? 0) + 1;
        examples[name] ??= text;
      }
      if (!isOn) return;
      stored += said;
      durations.add((performance.now() - startedAtMs) * 1_000);
    },
    result() {
      const [p50Ms, p99Ms] = [durations.quantileMs(0.5), durations.quantileMs(0.99)];
      return { stored, storedInAll, requests: durations.count(), p50Ms, p99Ms, odd, examples };
    },
  };
}
