import { median, type Round } from './rounds.ts';
import type { Cell } from './scenarios.ts';
import type { SystemName } from './systems.ts';

/** A number that must not be under, or over, its limit. */
export type Check = {
  name: string;
  value: number;
  limit: number;
  atLeast: boolean;
  isMet: boolean;
};

type Key = readonly [scenario: string, system: SystemName];
type Ratio = {
  name: string;
  above: Key;
  below: Key;
  value: (round: Round) => number;
  limit: number;
  atLeast: boolean;
};

const rate = (round: Round) => round.perSecond;
const cpuUs = (round: Round) => round.nodeUs + round.postgresUs;
const p50 = (round: Round) => round.load.ok.p50Ms;

const ratios: readonly Ratio[] = [
  {
    name: 'orders/s, all ÷ naive, 1000 products, 256 connections',
    above: ['many-256', 'all'],
    below: ['many-256', 'naive'],
    value: rate,
    limit: 6.5,
    atLeast: true,
  },
  {
    name: 'orders/s, all ÷ naive, one hot product, 256 connections',
    above: ['hot-256', 'all'],
    below: ['hot-256', 'naive'],
    value: rate,
    limit: 11,
    atLeast: true,
  },
  {
    name: 'orders/s, all ÷ naive, 1000 products, disk of 1 ms',
    above: ['disk-many', 'all'],
    below: ['disk-many', 'naive'],
    value: rate,
    limit: 6.5,
    atLeast: true,
  },
  {
    name: 'orders/s, all ÷ naive, one hot product, disk of 1 ms',
    above: ['disk-hot', 'all'],
    below: ['disk-hot', 'naive'],
    value: rate,
    limit: 11,
    atLeast: true,
  },
  {
    name: 'orders/s, all, one hot product ÷ 1000 products',
    above: ['hot-256', 'all'],
    below: ['many-256', 'all'],
    value: rate,
    limit: 0.95,
    atLeast: true,
  },
  {
    name: 'orders/s, split ÷ naive-split, 1000 products, 256 connections',
    above: ['many-256', 'split'],
    below: ['many-256', 'naive-split'],
    value: rate,
    limit: 8,
    atLeast: true,
  },
  {
    name: 'orders/s, split ÷ all, 1000 products, 256 connections',
    above: ['many-256', 'split'],
    below: ['many-256', 'all'],
    value: rate,
    limit: 0.6,
    atLeast: true,
  },
  {
    name: 'CPU per order, all ÷ naive, 1000 products, 256 connections',
    above: ['many-256', 'all'],
    below: ['many-256', 'naive'],
    value: cpuUs,
    limit: 0.125,
    atLeast: false,
  },
  {
    name: 'p50 of one order at a time, all ÷ naive',
    above: ['idle', 'all'],
    below: ['idle', 'naive'],
    value: p50,
    limit: 1.3,
    atLeast: false,
  },
];

/** The checks for which there are numbers. */
export function checksOf(cells: readonly Cell[]): Check[] {
  const roundsOf = ([scenario, system]: Key) =>
    cells.find((cell) => cell.scenario.name === scenario && cell.system === system)?.rounds;
  const checks = ratios.flatMap(({ above, below, value, ...rest }) => {
    const [upper, lower] = [roundsOf(above), roundsOf(below)];
    if (!upper || !lower) return [];
    // Rounds that ran side by side met the same machine.
    const values = upper.flatMap((round, i) => (lower[i] ? value(round) / value(lower[i]) : []));
    return [check({ ...rest, value: median(values) })];
  });
  const busy = roundsOf(['many-256', 'all']);
  if (busy) {
    const name = 'CPU µs per order, all, Node and PostgreSQL, 256 connections';
    checks.push(check({ name, value: median(busy.map(cpuUs)), limit: 105, atLeast: false }));
  }
  const fewer = roundsOf(['many-64', 'all']);
  if (fewer) {
    const name = 'p99 ÷ p50, all, 1000 products, 64 connections';
    const spread = fewer.map(({ load }) => load.ok.p99Ms / load.ok.p50Ms);
    checks.push(check({ name, value: median(spread), limit: 4, atLeast: false }));
  }
  return checks;
}

function check(what: Omit<Check, 'isMet'>): Check {
  const { value, limit, atLeast } = what;
  return { ...what, isMet: atLeast ? value >= limit : value <= limit };
}
