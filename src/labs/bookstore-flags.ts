import { ConfigError } from '../config.ts';
import type { Part } from './bookstore-replicas.ts';
import type { LabParts } from './lab.ts';

const replicas = { min: 1, max: 5, fallback: 1 };
const cacheSize = { min: 1, max: 10_000, fallback: 64 };

/** The flags of the bookstore, and what each is for. */
export const bookstoreFlags = {
  replicas: 'So many processes each of catalog and order behind the front, 1 if not said.',
  'cache-size': 'So many answers the front keeps where there are replicas, 64 if not said.',
  'unsafe-get': 'Also change things by GET, as the original did.',
  part: 'Which replica this process is; the front says so to those that it starts.',
};

type Asked = {
  part: Part | undefined;
  replicas: number;
  cacheSize: number;
  unsafeGet: boolean;
};

export function readFlags(flags: LabParts['flags']): Asked {
  return {
    part: partIn(flags),
    replicas: numberIn(flags, 'replicas', replicas),
    cacheSize: numberIn(flags, 'cache-size', cacheSize),
    unsafeGet: flags['unsafe-get'] !== undefined,
  };
}

function partIn({ part }: LabParts['flags']): Part | undefined {
  if (part === undefined || part === 'catalog' || part === 'order') return part;
  throw new ConfigError('--part is either catalog or order.');
}

type Range = { min: number; max: number; fallback: number };

function numberIn(flags: LabParts['flags'], name: string, range: Range): number {
  const { min, max, fallback } = range;
  const text = flags[name] ?? String(fallback);
  const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new ConfigError(`--${name} is a number from ${min} to ${max}, not ${text}.`);
}
