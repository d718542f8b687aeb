import { setTimeout as sleep } from 'node:timers/promises';
import { answersOf, docker, stateOf, waitReady, type Project } from './docker.ts';
import type { Meter } from './meter.ts';

export type Trial = { project: Project; meter: Meter; complaints: string[] };

export const services = ['gateway', 'users', 'catalog', 'orders', 'tracking'] as const;
/** Two of them are renewed at a time, and of each service one replica after the other. */
const lanes = [
  ['gateway', 'catalog'],
  ['users', 'orders', 'tracking'],
] as const;
const stopSecondsMax = 40;
const calmMs = 5_000;
const killedMs = 1_500;
const pausedMs = 2_500;
const spreadMs = 5_000;
/** Of an even share each replica must get at least so much. */
const shareMin = 0.4;

/** One after the other: a second fault at the same time is another test (`npm run faults`). */
async function oneByOne<T>(all: readonly T[], act: (one: T) => Promise<unknown>): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- that is the point
  for (const one of all) await act(one);
}

async function firstOf(project: Project, service: string): Promise<string> {
  const [first] = await project.replicas(service);
  if (!first) throw new Error(`There is no container of ${service}`);
  return first;
}

export async function beCalm({ meter }: Trial): Promise<void> {
  meter.begin('calm');
  await sleep(calmMs);
}

export async function killOneOfEach({ project, meter }: Trial): Promise<void> {
  await oneByOne(services, async (service) => {
    meter.begin(`kill one of ${service}`);
    const name = await firstOf(project, service);
    await docker('kill', name);
    await sleep(killedMs);
    await docker('start', name);
    await waitReady(name);
  });
}

export async function pauseOneOfEach({ project, meter }: Trial): Promise<void> {
  await oneByOne(services, async (service) => {
    meter.begin(`pause one of ${service}`);
    const name = await firstOf(project, service);
    await docker('pause', name);
    await sleep(pausedMs);
    await docker('unpause', name);
    await waitReady(name);
  });
}

/** As a new version is brought in: in order, and nobody may notice. */
export async function restartAll({ project, meter, complaints }: Trial): Promise<void> {
  const phase = 'rolling restart';
  meter.begin(phase);
  const renew = async (service: string) =>
    oneByOne(await project.replicas(service), async (name) => {
      await docker('stop', '--time', String(stopSecondsMax), name);
      const { ExitCode } = await stateOf(name);
      if (ExitCode !== 0) complaints.push(`${name} ended with ${ExitCode}`);
      await docker('start', name);
      await waitReady(name);
    });
  await Promise.all(lanes.map((lane) => oneByOne(lane, renew)));
  complaints.push(...meter.failed(phase).map((what) => `${phase}: ${what}`));
}

export async function scaleOrders({ project, meter, complaints }: Trial): Promise<string[]> {
  const phase = 'orders: two, four, two';
  meter.begin(phase);
  const scale = (count: number) =>
    project.compose(
      'up',
      '--detach',
      '--no-recreate',
      '--no-deps',
      '--scale',
      `orders=${count}`,
      'orders',
    );
  await scale(4);
  const replicas = await project.replicas('orders');
  if (replicas.length !== 4) complaints.push(`There are ${replicas.length} orders, not 4`);
  await Promise.all(replicas.map(waitReady));
  const counts = await countSpread(replicas);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  for (const [name, count] of counts) {
    if (count < (shareMin * total) / counts.size)
      complaints.push(`${name} got ${count} of ${total} calls`);
  }
  await scale(2);
  complaints.push(...meter.failed(phase).map((what) => `${phase}: ${what}`));
  return [...counts].map(([name, count]) => `${name}: ${count}`);
}

/** How many calls each gets in a while, with gateways that were there before. */
async function countSpread(replicas: readonly string[]): Promise<Map<string, number>> {
  const count = () => Promise.all(replicas.map((name) => answersOf(name, /Order.*status="20/)));
  const before = await count();
  await sleep(spreadMs);
  const after = await count();
  return new Map(replicas.map((name, i) => [name, (after[i] ?? 0) - (before[i] ?? 0)]));
}

/** What there is one of is missed; who tries again gets there. */
export async function restartStores({ project, meter }: Trial): Promise<void> {
  await oneByOne(['redis', 'postgres'], async (service) => {
    meter.begin(`restart ${service}`);
    await project.compose('restart', service);
    await project.compose('up', '--detach', '--no-recreate', '--no-deps', '--wait', service);
    await sleep(killedMs);
  });
}
