import { describe } from 'node:test';
import { client, type Ask } from './http.ts';
import { startAll, startSplit, type Bazar, type Running } from './process.ts';
import { openOnce } from './shared.ts';
import { logInAsStaff } from './shop.ts';

export type Shop = {
  /** Asks one door after the other. */
  ask: Ask;
  /** The public doors, one by one. */
  doors: Ask[];
  processes: Record<string, Running>;
  /** An access token of staff. */
  signIn: Promise<string>;
};

/** Most of them wait for something; but all at once, each with its log-ins, are a flood. */
const atOnceMax = 5;

const generous = { logInPerMinuteMax: 100_000, addressPerMinuteMax: 100_000, logLevel: 'debug' };

/**
 * Runs the same examples against one process with everything, and against one for each service;
 * other files that are run by the same process use these too.
 */
export async function inBothShapes(examples: (shop: Shop) => void): Promise<void> {
  const [whole, split] = await openOnce('both shapes', () =>
    Promise.all([startAll(generous), startSplit(generous)]),
  );
  const shapes = { 'in one process': whole, 'in a process for each service': split };
  await describe('the shop', { concurrency: true }, () => {
    for (const [shape, bazar] of Object.entries(shapes)) {
      describe(shape, { concurrency: atOnceMax }, () => examples(talkTo(bazar)));
    }
  });
}

function talkTo({ gateways, processes }: Bazar): Shop {
  const ask = client(gateways);
  const doors = gateways.map((url) => client([url]));
  return { ask, doors, processes, signIn: logInAsStaff(ask) };
}
