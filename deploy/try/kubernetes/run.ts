// Shops in the demo overlay of a running cluster while pods are replaced, scaled, evicted and killed;
// `--url=` is where the gateway answers, `--folder=` where what customers were told is kept. Run by
// try-kubernetes.sh, on the node itself: it asks the databases at the address of their pod.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openBooks, type Books } from '../../../src/faults/books.ts';
import { checkHistory } from '../../../src/faults/check-history.ts';
import { runClients } from '../../../src/faults/clients.ts';
import { openHistory } from '../../../src/faults/history.ts';
import { openAsk, openShop } from '../../../src/faults/shop.ts';
import { until } from '../../../src/postgres/wait.ts';
import { meterOf, type Meter } from '../meter.ts';
import { evict, kubectl, memoryMiB, podsOf, secretOf, services, waitRolled } from './kubectl.ts';

const calmMs = 15_000;
const quietMsMax = 60_000;
const shownMax = 10;
/** What customers must not notice; a pod that is killed may take answers with it. */
const gentle = ['calm', 'roll out everything anew', 'orders: two, four, two', 'evict one of each'];

const complaints: string[] = [];
const say = (...lines: string[]) => process.stdout.write(`${lines.join('\n')}\n`);

async function oneByOne(act: (service: string) => Promise<unknown>): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- one fault at a time
  for (const service of services) await act(service);
}

async function hurt({ begin }: Meter): Promise<void> {
  begin('calm');
  await sleep(calmMs);
  await showMemory();
  begin('roll out everything anew');
  await kubectl('rollout', 'restart', ...services.map((name) => `deployment/${name}`));
  await oneByOne(waitRolled);
  begin('orders: two, four, two');
  await kubectl('patch', 'hpa', 'orders', '--patch={"spec":{"minReplicas":4}}');
  if (!(await until(fourOrders, quietMsMax, 500))) complaints.push('There are no four of orders');
  await waitRolled('orders');
  await kubectl('patch', 'hpa', 'orders', '--patch={"spec":{"minReplicas":2}}');
  await kubectl('scale', 'deployment/orders', '--replicas=2');
  await waitRolled('orders');
  begin('evict one of each');
  await oneByOne(evictOne);
  begin('kill one of each');
  await oneByOne(async (service) => {
    const [pod] = await podsOf(service);
    await kubectl('delete', 'pod', pod?.metadata.name ?? '', '--grace-period=0', '--force');
    await waitRolled(service);
  });
  begin('healed');
  await sleep(calmMs / 3);
  await showMemory();
}

async function fourOrders(): Promise<true | undefined> {
  return (await podsOf('orders')).length >= 4 || undefined;
}

async function evictOne(service: string): Promise<void> {
  const [pod] = await podsOf(service);
  await evict(pod?.metadata.name ?? '');
  await waitRolled(service);
}

async function showMemory(): Promise<void> {
  const used = await Promise.all(
    services.map(async (name) => `${name} ${(await memoryMiB(name)).join(' and ')}`),
  );
  say(`MiB under load, of 256 each: ${used.join(', ')}`);
}

async function openDatabases(opened: (close: () => Promise<unknown>) => void): Promise<Books> {
  const [postgres] = await podsOf('postgres');
  const urlOf = async (service: string) => {
    const url = await secretOf('bazar-databases', `${service}-database-url`);
    return url.replace('@postgres:', `@${postgres?.status.podIP}:`);
  };
  return openBooks({ catalog: await urlOf('catalog'), orders: await urlOf('orders') }, opened);
}

async function tryAll(url: string, folder: string): Promise<void> {
  const closers: (() => Promise<unknown>)[] = [];
  const opened = (close: () => Promise<unknown>) => void closers.push(close);
  try {
    const books = await openDatabases(opened);
    const meter = meterOf(openAsk(url, opened));
    const history = openHistory(join(folder, 'history.jsonl'));
    opened(history.close);
    const shop = await openShop(meter.ask);
    const movesBefore = new Set((await books.facts()).moves.map(({ id }) => id));
    const over = new AbortController();
    const clients = runClients({ shop, history, seed: 1, stop: over.signal });
    await hurt(meter).finally(() => over.abort());
    await clients;
    say(...meter.lines());
    complaints.push(
      ...gentle.flatMap((phase) => meter.failed(phase).map((what) => `${phase}: ${what}`)),
    );
    await until(async () => (await books.pending()) === undefined || undefined, quietMsMax, 500);
    const facts = await books.facts();
    const { attempts } = history;
    const violations = [
      ...checkHistory({ attempts, orders: facts.orders }),
      ...books.check(facts, { attempts, movesBefore }),
      ...(await books.audit()),
      ...(await books.checkLists(facts, shop)),
    ];
    say(
      `${facts.orders.length} orders in the books; lost, doubled or oversold: ${violations.length}`,
    );
    complaints.push(...violations.map((one) => JSON.stringify(one)));
  } finally {
    await Promise.all(closers.map((close) => close()));
  }
}

const options = { url: { type: 'string' }, folder: { type: 'string' } } as const;
const { url = '', folder = '' } = parseArgs({ options }).values;
await tryAll(url, folder);
say(...complaints.slice(0, shownMax).map((complaint) => `NOT AS IT SHOULD BE: ${complaint}`));
process.exitCode = complaints.length > 0 ? 1 : 0;
