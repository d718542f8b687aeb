import { lookup } from 'node:dns/promises';
import { within } from './within.ts';

/** Which addresses a name has now; another one in tests. */
export type FindAddresses = (hostname: string) => Promise<string[]>;

export type Addresses<T> = {
  /** What was opened for each address, as far as they are known. */
  all: () => T[];
  /** Sees to it that they are known, and not too old. */
  ready: () => Promise<void>;
  /** Looks the name up now. */
  refresh: () => Promise<void>;
  close: () => Promise<void>;
};

type Options<T> = {
  hostname: string;
  find?: FindAddresses;
  /** What is opened may ask whether it is the only one. */
  open: (address: string, isAlone: () => boolean) => T;
  leave: (one: T) => Promise<void>;
};

/** Whoever is new at a name, or gone, is noticed within this time. */
const freshMs = 1_000;
/** Addresses that are older than this are not worth a try: who asks waits for new ones. */
const staleMs = 10_000;
const lookupMsMax = 1_000;

const findAll: FindAddresses = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

/** Keeps something open for each address that a name stands for, while somebody asks for it. */
export function openAddresses<T>(options: Options<T>): Addresses<T> {
  const { hostname, find = findAll, open, leave } = options;
  const opened = new Map<string, T>();
  const isAlone = () => opened.size < 2;
  let foundAtMs = -Infinity;
  let finding: Promise<void> | undefined;

  async function look(): Promise<void> {
    const late = () => new Error(`${hostname} was not found in time`);
    const addresses = await within(lookupMsMax, find(hostname), late);
    foundAtMs = performance.now();
    for (const address of addresses) {
      if (!opened.has(address)) opened.set(address, open(address, isAlone));
    }
    for (const [address, one] of opened) {
      if (addresses.includes(address)) continue;
      opened.delete(address);
      void leave(one);
    }
  }

  /** However many ask at once, there is one lookup. */
  function refresh(): Promise<void> {
    return (finding ??= look().finally(() => {
      finding = undefined;
    }));
  }

  return {
    all: () => [...opened.values()],
    refresh,
    async ready() {
      const ageMs = performance.now() - foundAtMs;
      if (ageMs < freshMs) return;
      // Whoever cannot be looked up now is still where it was, as far as we know.
      const found = refresh().catch((error: unknown) => {
        if (opened.size === 0) throw error;
      });
      if (ageMs > staleMs) await found;
    },
    async close() {
      await Promise.all([...opened.values()].map(leave));
      opened.clear();
    },
  };
}
