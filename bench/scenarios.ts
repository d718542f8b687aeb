import { setTimeout } from 'node:timers/promises';
import { productsCount } from './naive-tables.ts';
import type { Cluster } from './postgres.ts';
import { measure, median, type Round, type Wanted } from './rounds.ts';
import type { System, SystemName } from './systems.ts';

export type Scenario = {
  name: string;
  title: string;
  systems: readonly SystemName[];
  connections: number;
  products: number;
  lines?: number;
  pauseMs?: number;
  /** Arrivals come at this share of what the system did in the first scenario. */
  openShare?: number;
  /** Each sync of the log waits so much longer, as it would on a disk that is slower. */
  syncMs?: number;
};

const every = ['all', 'naive', 'split', 'naive-split'] as const;
const inOne = ['all', 'naive'] as const;
const many = productsCount;

export const scenarios: readonly Scenario[] = [
  {
    name: 'many-256',
    title: '1000 products, 256 connections',
    systems: every,
    connections: 256,
    products: many,
  },
  {
    name: 'hot-256',
    title: 'one hot product, 256 connections',
    systems: every,
    connections: 256,
    products: 0,
  },
  {
    name: 'many-64',
    title: '1000 products, 64 connections',
    systems: every,
    connections: 64,
    products: many,
  },
  {
    name: 'lines-256',
    title: '3 lines of 1000 products, 256 connections',
    systems: inOne,
    connections: 256,
    products: many,
    lines: 3,
  },
  {
    name: 'open-256',
    title: 'open loop at 70 %, 256 connections',
    systems: every,
    connections: 256,
    products: many,
    openShare: 0.7,
  },
  {
    name: 'open-64',
    title: 'open loop at 70 %, 64 connections',
    systems: inOne,
    connections: 64,
    products: many,
    openShare: 0.7,
  },
  {
    name: 'disk-many',
    title: '1000 products, 256 connections, a disk that syncs in 1 ms',
    systems: every,
    connections: 256,
    products: many,
    syncMs: 1,
  },
  {
    name: 'disk-hot',
    title: 'one hot product, 256 connections, a disk that syncs in 1 ms',
    systems: every,
    connections: 256,
    products: 0,
    syncMs: 1,
  },
  {
    name: 'idle',
    title: 'one order at a time',
    systems: inOne,
    connections: 1,
    products: many,
    pauseMs: 5,
  },
];

export type Cell = { scenario: Scenario; system: SystemName; rounds: Round[] };

export type Plan = {
  cluster: Cluster;
  systems: readonly System[];
  scenarios: readonly Scenario[];
  rounds: number;
  seconds: number;
  /** Share of the machine; with 1 no round is ever repeated. */
  othersMax: number;
  say: (line: string) => void;
};

const warmMs = 1_000;
/** The first round of all warms the machine code as well. */
const firstWarmMs = 4_000;
/** An open loop waits for connections in a line that is never full unless something is wrong. */
const queueMax = 20_000;
const triesMax = 12;
const disturbedWaitMs = 2_000;

/** Runs every scenario on every system in turn, and again, so that noise falls on all alike. */
export async function runAll(plan: Plan): Promise<Cell[]> {
  const cells: Cell[] = [];
  const warmed = new Set<SystemName>();
  for (const scenario of plan.scenarios) {
    const systems = plan.systems.filter(({ name }) => scenario.systems.includes(name));
    const row = systems.map(({ name }): Cell => ({ scenario, system: name, rounds: [] }));
    cells.push(...row);
    // oxlint-disable-next-line no-await-in-loop -- for all rounds that follow
    await plan.cluster.syncTakes(scenario.syncMs ?? 0);
    for (const [system, cell] of turns(systems, row, plan.rounds)) {
      const isFirst = !warmed.has(system.name);
      warmed.add(system.name);
      const wanted = wantedOf(scenario, { plan, cells, system: system.name });
      const warm = isFirst ? firstWarmMs : warmMs;
      // oxlint-disable-next-line no-await-in-loop -- one at a time has the machine
      const round = await measureInPeace(plan, system, { ...wanted, warmMs: warm });
      cell.rounds.push(round);
      plan.say(lineOf(scenario, system.name, round));
      for (const example of Object.values(round.load.examples)) plan.say(`\n${example}\n`);
    }
  }
  return cells;
}

/** A B C, A B C, and so on. */
function turns(systems: readonly System[], cells: readonly Cell[], rounds: number) {
  const once = systems.flatMap((system, i) => (cells[i] ? [[system, cells[i]] as const] : []));
  return Array.from({ length: rounds }, () => once).flat();
}

/** Measures again, a few times, when others took more of the machine than they may. */
async function measureInPeace(plan: Plan, system: System, wanted: Wanted): Promise<Round> {
  const tryOnce = async (triesLeft: number): Promise<Round> => {
    const round = await measure(plan.cluster, system, wanted);
    if (round.othersShare <= plan.othersMax || triesLeft === 0) return round;
    plan.say(`  others took ${(round.othersShare * 100).toFixed(0)} % of the machine: once more`);
    await setTimeout(disturbedWaitMs);
    return tryOnce(triesLeft - 1);
  };
  return tryOnce(triesMax);
}

type Place = { plan: Pick<Plan, 'seconds'>; cells: readonly Cell[]; system: SystemName };

export function wantedOf(scenario: Scenario, { plan, cells, system }: Place): Wanted {
  const { connections, products, lines = 1, pauseMs, openShare } = scenario;
  const load = { connections, products, lines, warmMs, measureMs: plan.seconds * 1_000 };
  if (pauseMs !== undefined) return { ...load, pauseMs };
  if (openShare === undefined) return load;
  const closed = cells.find(
    (cell) => cell.system === system && cell.scenario.openShare === undefined,
  );
  if (!closed) throw new Error('An open loop needs a closed one before it, to know its rate');
  return {
    ...load,
    perSecond: openShare * median(closed.rounds.map((r) => r.perSecond)),
    queueMax,
  };
}

export function lineOf(scenario: Scenario, system: SystemName, round: Round): string {
  const { perSecond, nodeUs, postgresUs, load, faults } = round;
  const words = [
    scenario.name.padEnd(10),
    system.padEnd(12),
    `${perSecond.toFixed(0).padStart(6)}/s`,
    `p50 ${load.ok.p50Ms.toFixed(2)} ms`,
    `p99 ${load.ok.p99Ms.toFixed(2)} ms`,
    `CPU ${nodeUs.toFixed(0)}+${postgresUs.toFixed(0)} µs`,
    `generator ${(round.generatorShare * 100).toFixed(0)} %`,
    `others ${(round.othersShare * 100).toFixed(0)} %`,
    faults && `INVALID: ${faults}`,
  ];
  return words.filter(Boolean).join('  ');
}
