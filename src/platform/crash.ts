/** The places where a process can be told to die, so that each half-done state has been seen. */
export const crashLabels = [
  'beforeReserve',
  'afterReserve',
  'beforePlace',
  'afterPlace',
  'beforeAnswer',
  'beforeSettled',
  'sweepAfterOldHolds',
  'sweepAfterResolve',
  'sweepAfterSettle',
  'relayAfterTake',
  'relayAfterCatalog',
  'relayBeforeDelete',
  'cancelAfterCommit',
] as const;

/** Others, off the way of orders, where the campaign of faults does not go. */
const furtherLabels = ['taskAfterClaim', 'taskBeforeCommit'] as const;

export type CrashLabel = (typeof crashLabels | typeof furtherLabels)[number];

type Armed = { label: string; passesLeft: number };

// State of the module, which the house forbids, and allows here: it is set once, before anything is
// wired, by a process that is about to be killed. Handing it through every part of the order path
// would make a tool of the tests an argument of the product.
let armed: Armed | undefined;

/**
 * `afterReserve` lets the process kill itself when it passes that point, `afterReserve:3` when it
 * passes it for the third time. Without a text nothing is armed.
 */
export function armCrash(spec: string | undefined): void {
  armed = spec === undefined ? undefined : readSpec(spec);
}

/** Ends the process as a power cut would, if it was armed for this point; else it costs a look. */
export function crashPoint(label: CrashLabel): void {
  if (armed?.label !== label) return;
  armed.passesLeft -= 1;
  if (armed.passesLeft <= 0) process.kill(process.pid, 'SIGKILL');
}

function readSpec(spec: string): Armed {
  const [label = '', times = '1'] = spec.split(':');
  const isKnown = [...crashLabels, ...furtherLabels].some((known) => known === label);
  if (!isKnown || !/^[1-9]\d{0,8}$/.test(times)) {
    throw new RangeError(`${spec} is no place to crash at, such as ${crashLabels[0]}:2`);
  }
  return { label, passesLeft: Number(times) };
}
