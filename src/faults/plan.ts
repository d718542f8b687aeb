import { crashLabels, type CrashLabel } from '../platform/crash.ts';
import type { LinkFault } from './proxy.ts';
import { between, intBetween, pick, seeded, shuffled, type Random } from './random.ts';
import { clusterNames, linkNames, nodeNames, shape, type NodeName } from './world.ts';

export type Fault =
  | { kind: 'kill'; node: NodeName }
  | { kind: 'crash'; node: NodeName; label: CrashLabel; pass: number }
  | { kind: 'freeze'; node: NodeName }
  | { kind: 'skew'; node: NodeName; skewMs: number }
  | { kind: 'dropBackends'; cluster: string }
  | { kind: 'restartDatabase'; cluster: string }
  | { kind: 'link'; link: string; fault: LinkFault };

export type Planned = { atMs: number; forMs: number; fault: Fault };

const deliverOrReset = (random: Random) => pick(random, ['deliver', 'reset'] as const);

/** What may happen to a line: each once in a round. */
const linkFaults: readonly ((random: Random) => LinkFault)[] = [
  () => ({ kind: 'refuse' }),
  () => ({ kind: 'reset' }),
  (random) => ({ kind: 'blackHole', way: 'both', after: deliverOrReset(random) }),
  (random) => ({ kind: 'blackHole', way: 'there', after: deliverOrReset(random) }),
  (random) => ({ kind: 'blackHole', way: 'back', after: deliverOrReset(random) }),
  (random) => ({ kind: 'delay', delayMs: between(random, 20, 300), jitterMs: 200 }),
  () => ({ kind: 'swallow', after: 'reset' }),
  () => ({ kind: 'swallow', after: 'hang' }),
  () => ({ kind: 'halfOpen' }),
];
/** What else happens in a round, and how often. */
const deck: Readonly<Record<Exclude<Fault['kind'], 'link'>, number>> = {
  kill: 3,
  crash: 5,
  freeze: 2,
  skew: 1,
  dropBackends: 1,
  restartDatabase: 1,
};
type Dealt = keyof typeof deck;

/** The name under which a fault is counted. */
export function kindOf(fault: Fault): string {
  if (fault.kind !== 'link') return fault.kind;
  const { fault: line } = fault;
  const way = line.kind === 'blackHole' && line.way !== 'both' ? ` (${line.way})` : '';
  const after = line.kind === 'swallow' ? `, then ${line.after}` : '';
  return `link: ${line.kind}${way}${after}`;
}

/** Every kind there is. */
export const faultKinds: readonly string[] = [
  ...Object.keys(deck),
  ...linkFaults.map((make) => kindOf({ kind: 'link', link: '', fault: make(seeded(0)) })),
];

const gapMsMin = 300;
const gapMsMax = 1_000;
/** At first everything works for a while. */
const quietMs = 1_000;

/** The faults of a run: the same seed brings the same ones, at the same times. */
export function planFaults(seed: number, seconds: number): Planned[] {
  const random = seeded(seed);
  const nextLabel = inTurn(random, crashLabels);
  const plan: Planned[] = [];
  let atMs = quietMs;
  let round: (() => Fault)[] = [];
  while (atMs < seconds * 1_000) {
    if (round.length === 0) {
      const kinds = (Object.keys(deck) as Dealt[]).flatMap((kind) => Array(deck[kind]).fill(kind));
      const others = (kinds as Dealt[]).map((kind) => () => faultOf(kind, random, nextLabel));
      const ofLinks = linkFaults.map((make) => () => onLink(random, make(random)));
      round = shuffled(random, [...others, ...ofLinks]);
    }
    const fault = round.pop() as () => Fault;
    plan.push({ atMs: Math.round(atMs), forMs: durationOf(random), fault: fault() });
    atMs += between(random, gapMsMin, gapMsMax);
  }
  return plan;
}

/**
 * What most surely tells whether stock is given back too early: orders cannot reach their database
 * for longer than a hold, and then what they had sent arrives.
 */
export function planLateVerdicts(seconds: number): Planned[] {
  const plan: Planned[] = [];
  for (let atMs = quietMs; atMs < seconds * 1_000; atMs += 4_000) {
    for (const node of ['orders1', 'orders2'] as const) {
      const fault: LinkFault = { kind: 'blackHole', way: 'there', after: 'deliver' };
      plan.push({
        atMs,
        forMs: 2_800,
        fault: { kind: 'link', link: `${node}-database`, fault },
      });
    }
  }
  return plan;
}

function faultOf(kind: Dealt, random: Random, nextLabel: () => CrashLabel): Fault {
  if (kind === 'crash') return crashAt(random, nextLabel());
  if (kind === 'skew') return { kind, node: pick(random, nodeNames), skewMs: skewOf(random) };
  if (kind === 'kill' || kind === 'freeze') return { kind, node: pick(random, nodeNames) };
  return { kind, cluster: pick(random, clusterNames) };
}

function onLink(random: Random, fault: LinkFault): Fault {
  return { kind: 'link', link: pick(random, linkNames), fault };
}

/** Points that are passed seldom are not passed often. */
function crashAt(random: Random, label: CrashLabel): Fault {
  const isSweep = label.startsWith('sweep');
  const isPlacing = !isSweep && !/^(relay|cancel)/.test(label);
  const nodes = nodeNames.filter((name) => shape[name] === (isSweep ? 'catalog' : 'orders'));
  const pass = isSweep ? 1 : intBetween(random, 1, isPlacing ? 40 : 5);
  return { kind: 'crash', node: pick(random, nodes), label, pass };
}

/** Most clocks are a little wrong, some very. */
function skewOf(random: Random): number {
  return Math.round(between(random, -1, 1) * pick(random, [20_000, 20_000, 3_600_000]));
}

/** Mostly short, sometimes longer than a hold and than the patience of a caller. */
function durationOf(random: Random): number {
  return Math.round(300 + 4_700 * random() ** 2);
}

function inTurn<T>(random: Random, all: readonly T[]): () => T {
  let left: T[] = [];
  return () => {
    if (left.length === 0) left = shuffled(random, all);
    return left.pop() as T;
  };
}
