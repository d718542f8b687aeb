import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../postgres/wait.ts';
import type { History } from './history.ts';
import type { Node } from './node.ts';
import { kindOf, type Fault, type Planned } from './plan.ts';
import type { World } from './world.ts';

const nothing = (): void => undefined;

type Parts = { world: World; plan: readonly Planned[]; history: History; stop: AbortSignal };

/** Lets happen what is planned, each at its time and for its time; says how often what has. */
export async function runNemesis(parts: Parts): Promise<Map<string, number>> {
  const { world, plan, history, stop } = parts;
  const counts = new Map<string, number>();
  const startedMs = performance.now();
  const under: Promise<void>[] = [];
  for (const { atMs, forMs, fault } of plan) {
    const leftMs = startedMs + atMs - performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one after the other, as planned
    await sleep(Math.max(0, leftMs), undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) break;
    counts.set(kindOf(fault), (counts.get(kindOf(fault)) ?? 0) + 1);
    history.note({ forMs, ...fault });
    const end = begin(world, fault);
    under.push(
      sleep(forMs, undefined, { signal: stop })
        .catch(() => undefined)
        .then(end),
    );
  }
  await Promise.all(under);
  return counts;
}

/** Begins a fault; the function that comes back ends it. */
function begin({ links, clusters, nodes }: World, fault: Fault): () => void {
  if (fault.kind === 'link') {
    links.get(fault.link)?.set(fault.fault);
    return () => links.get(fault.link)?.set({ kind: 'pass' });
  }
  if (fault.kind === 'restartDatabase') void clusters.get(fault.cluster)?.restart();
  if (fault.kind === 'dropBackends') {
    // It may be away at this moment, and then there is nothing to drop.
    clusters
      .get(fault.cluster)
      ?.dropBackends()
      .catch(() => undefined);
  }
  const node = 'node' in fault ? nodes.get(fault.node) : undefined;
  return node && 'node' in fault ? hurt(node, fault) : nothing;
}

function hurt(node: Node, fault: Extract<Fault, { node: string }>): () => void {
  if (fault.kind === 'kill') node.kill();
  if (fault.kind === 'crash') node.crashAt(fault.label, fault.pass);
  if (fault.kind === 'freeze') node.freeze();
  if (fault.kind === 'skew') node.kill(fault.skewMs);
  if (fault.kind === 'freeze') return node.thaw;
  return fault.kind === 'skew' ? () => node.kill(0) : nothing;
}

const healMsMax = 30_000;

/** Mends everything, and waits until every process serves; says whether that has come to pass. */
export async function heal(world: World): Promise<boolean> {
  for (const link of world.links.values()) link.set({ kind: 'pass' });
  for (const node of world.nodes.values()) node.heal();
  await Promise.all([...world.clusters.values()].map((cluster) => cluster.up()));
  const nodes = [...world.nodes.values()];
  const areReady = async () => {
    const ready = await Promise.all(nodes.map((node) => isReady(node.addresses()?.metrics)));
    return ready.every(Boolean) || undefined;
  };
  return (await until(areReady, healMsMax)) === true;
}

const answersMin = 5;

/** Every process answers five times in a row. */
async function isReady(url: string | undefined, answersLeft = answersMin): Promise<boolean> {
  if (url === undefined) return false;
  if (answersLeft === 0) return true;
  const signal = AbortSignal.timeout(2_000);
  const answer = await fetch(`${url}/health/ready`, { signal }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status === 200 && isReady(url, answersLeft - 1);
}
