import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { place } from '../../src/faults/asking.ts';
import { runClients } from '../../src/faults/clients.ts';
import { openHistory } from '../../src/faults/history.ts';
import { openAsk, openShop } from '../../src/faults/shop.ts';
import { adminPassword } from '../../src/faults/world.ts';
import { auditBy, checkAll, factsOf, type Told } from './checks.ts';
import { makeSecrets, memoryOf, stateOf } from './docker.ts';
import { meterOf } from './meter.ts';
import {
  beCalm,
  killOneOfEach,
  pauseOneOfEach,
  restartAll,
  restartStores,
  scaleOrders,
  services,
  type Trial,
} from './phases.ts';
import type { Setting } from './single.ts';

type Run = Trial & Told;

/** Longer than NGINX waits for a gateway that hangs before it asks the other one. */
const answerMsMax = 10_000;
const clientsMsMax = 60_000;
const afterMs = 4_000;
/** Some hundred requests a second, which leaves a processor for what is started meanwhile. */
const restMsMax = 200;
const shownMax = 10;

/** `compose.services.yaml`: everything that may happen to it, one thing after the other. */
export async function tryServices(setting: Setting): Promise<void> {
  const { project, folder, url, complaints, say } = setting;
  const closers: (() => Promise<unknown>)[] = [];
  const opened = (close: () => Promise<unknown>): void => void closers.push(close);
  try {
    const seconds = await bringUp(setting);
    const meter = meterOf(openAsk(url, opened, answerMsMax));
    const history = openHistory(join(folder, 'history.jsonl'));
    opened(history.close);
    const shop = await openShop(meter.ask);
    const movesBefore = new Set((await factsOf(setting)).moves.map(({ id }) => id));
    const run = { ...setting, meter, history, shop, movesBefore };
    say('', '== compose.services.yaml', `Up after ${seconds} s.`);
    const spread = await shopOn(run, 1, () => hurt(run));
    meter.begin('down and up');
    await project.compose('down');
    await bringUp(setting);
    await shopOn(run, 2, async () => {
      meter.begin('after down and up');
      await sleep(afterMs);
    });
    say(...meter.lines(), '', 'Calls that each of four orders got in five seconds:', ...spread);
    const violations = await checkAll(run);
    complaints.push(...violations.slice(0, shownMax));
    say('', ...(await auditBy(run)));
  } finally {
    await Promise.all(closers.map((close) => close().catch(() => undefined)));
  }
}

/** Secrets and all containers; how long these took. */
async function bringUp({ project, folder }: Setting): Promise<number> {
  const secrets = join(folder, 'secrets');
  await mkdir(secrets, { recursive: true });
  // The staff of these customers has a password of theirs; what is there is left as it is.
  await writeFile(join(secrets, 'admin-password'), adminPassword, { mode: 0o444 });
  await makeSecrets(secrets);
  const startedMs = performance.now();
  await project.compose('up', '--detach', '--wait');
  return Math.round((performance.now() - startedMs) / 1_000);
}

/** Customers shop while something is done, and then until each knows what became of its orders. */
async function shopOn<T>(run: Run, seed: number, act: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const clients = runClients({ ...run, seed, restMsMax, stop: over.signal });
  try {
    return await act();
  } finally {
    run.meter.begin('the last answers');
    over.abort();
    const tooLong = sleep(clientsMsMax, 'late', { ref: false });
    if ((await Promise.race([clients, tooLong])) === 'late')
      run.complaints.push('A client gets no answer');
  }
}

async function hurt(run: Run): Promise<string[]> {
  await beCalm(run);
  await showMemory(run);
  await killOneOfEach(run);
  await pauseOneOfEach(run);
  await restartAll(run);
  const spread = await scaleOrders(run);
  await restartStores(run);
  run.meter.begin('healed');
  await sleep(afterMs);
  if (!(await placeSome(run))) run.complaints.push('Orders cannot be placed after the faults');
  return spread;
}

async function showMemory({ project, say, complaints }: Run): Promise<void> {
  const names = (await Promise.all(services.map(project.replicas))).flat();
  const used = await memoryOf(names);
  say('Memory under load, of 256 MiB each:', `  ${[...used.values()].join('  ')}`);
  const states = await Promise.all(names.map(stateOf));
  if (states.some(({ OOMKilled }) => OOMKilled)) complaints.push('Memory ran out');
}

async function placeSome({ shop, history }: Run): Promise<boolean> {
  const client = { name: 'tail', lives: 0, history, ask: shop.ask };
  const [who, ware] = [shop.customers[0], shop.wares.find(({ isScarce }) => !isScarce)];
  if (!who || !ware) return false;
  const wish = { who, key: crypto.randomUUID(), lines: [{ productId: ware.id, quantity: 1 }] };
  const { type } = await place(client, wish);
  return type === 'ok';
}
