import { parseArgs } from 'node:util';
import { scenarios, type Scenario } from './scenarios.ts';
import { systemNames, type SystemName } from './systems.ts';

export const trackingParts = ['ingest', 'fan-out', 'average'] as const;
export type TrackingPart = (typeof trackingParts)[number];

export type Options = {
  tracking: boolean;
  /** What traces cost. */
  traces: boolean;
  parts: TrackingPart[];
  seconds: number;
  rounds: number;
  othersMax: number;
  systems: SystemName[];
  scenarios: Scenario[];
  writes: boolean;
  date: string;
  overload: boolean;
  overloadSeconds: number;
  soakSeconds: number;
  profile: boolean;
  nodeFlags: string[];
  settings: string[];
};

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

const flags = {
  seconds: text,
  rounds: text,
  'others-max': { type: 'string', default: '100' },
  only: text,
  scenario: text,
  part: text,
  date: { type: 'string', default: new Date().toISOString().slice(0, 10) },
  quick: flag,
  'no-write': flag,
  overload: flag,
  'overload-seconds': { type: 'string', default: '60' },
  soak: { type: 'string', default: '0' },
  profile: flag,
  'node-flag': { type: 'string', multiple: true },
  setting: { type: 'string', multiple: true },
} as const;

export function readOptions(args: readonly string[]): Options {
  const read = parseArgs({ args: [...args], options: flags, allowPositionals: true });
  const { quick, only, scenario, part, ...rest } = read.values;
  const kinds = new Set(read.positionals);
  for (const name of kinds) pick(['tracking', 'traces'], name, (known) => known);
  const isWhole = [only, scenario, part].every((some) => some === undefined) && !quick;
  const usual = quick ? { seconds: 2, rounds: 1 } : { seconds: 5, rounds: 3 };
  return {
    tracking: kinds.has('tracking'),
    traces: kinds.has('traces'),
    parts: pick(trackingParts, part, (name) => name),
    seconds: Number(rest.seconds ?? usual.seconds),
    rounds: Number(rest.rounds ?? usual.rounds),
    othersMax: Number(rest['others-max']) / 100,
    systems: pick(systemNames, only, (name) => name),
    scenarios: pick(scenarios, scenario, ({ name }) => name),
    // Part of the numbers must not stand where all of them belong.
    writes: isWhole && !rest['no-write'],
    date: rest.date,
    overload: rest.overload,
    overloadSeconds: Number(rest['overload-seconds']),
    soakSeconds: Number(rest.soak),
    profile: rest.profile,
    nodeFlags: rest['node-flag'] ?? [],
    settings: (rest.setting ?? []).map((setting) => `--${setting}`),
  };
}

function pick<T>(all: readonly T[], names: string | undefined, nameOf: (item: T) => string): T[] {
  if (names === undefined) return [...all];
  return names.split(',').map((name) => {
    const found = all.find((item) => nameOf(item) === name);
    if (found === undefined) throw new Error(`${name} is none of ${all.map(nameOf).join(', ')}`);
    return found;
  });
}
