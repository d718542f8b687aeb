import type { Config } from './state.ts';

const a = { order: 0, body: 0 };
const b = { order: 1, body: 0 };
const otherBody = { order: 0, body: 1 };
const twoOrders = ['a', 'b'].map((name) => ({ name, bodies: [[1]] }));

/** The least that is worth asking about; the others say how they differ. */
export const tiny: Config = {
  name: 'tiny: one attempt, one sweeper, one relay',
  stock: [1],
  orders: [{ name: 'a', bodies: [[1]] }],
  attempts: [[a]],
  sweepers: 1,
  relays: 1,
  restocks: 0,
  cancels: 0,
  fulfils: 0,
  aborts: 0,
  settledShortcut: false,
  lostReplies: false,
};

/** One client that tries again with the same key and body. */
export const retried: Config = { ...tiny, attempts: [[a], [a]] };
/** Two clients after the same unit. */
export const rivals: Config = { ...tiny, orders: twoOrders, attempts: [[a], [b]] };
/** Both. */
const crowd: Config = { ...tiny, orders: twoOrders, attempts: [[a], [a], [b]] };

/** And the units of whoever cancels go to whoever comes next. */
export const contested: Config = {
  ...crowd,
  name: 'a retry and a rival for one unit, cancel, settled shortcut',
  cancels: 1,
  settledShortcut: true,
};

/** Each looks closely at one thing and takes a second or two. */
export const smallOnes: readonly Config[] = [
  contested,
  {
    ...retried,
    name: 'lost replies, cancel, fulfil, abort, settled shortcut, two relays',
    cancels: 1,
    fulfils: 1,
    aborts: 1,
    relays: 2,
    settledShortcut: true,
    lostReplies: true,
  },
  {
    ...tiny,
    name: 'one key with two bodies, restock, abort, settled shortcut, two sweepers',
    orders: [{ name: 'a', bodies: [[1], [2]] }],
    attempts: [[a], [otherBody], [a]],
    sweepers: 2,
    restocks: 1,
    aborts: 1,
    settledShortcut: true,
  },
  {
    ...tiny,
    name: 'a batch of two orders over two products, retries apart, settled shortcut',
    stock: [1, 2],
    orders: [
      { name: 'a', bodies: [[1, 1]] },
      { name: 'b', bodies: [[1, 0]] },
    ],
    attempts: [[a, b], [a], [b]],
    settledShortcut: true,
  },
];

/** Everything that fits into minutes. */
export const largeOnes: readonly Config[] = [
  { ...crowd, name: 'a retry and a rival for one unit, cancel, restock', cancels: 1, restocks: 1 },
  {
    ...crowd,
    name: 'a retry and a rival, cancel, restock, abort, settled shortcut, two of each',
    sweepers: 2,
    relays: 2,
    restocks: 1,
    cancels: 1,
    aborts: 1,
    settledShortcut: true,
  },
  {
    ...crowd,
    name: 'a retry and a rival, lost replies, cancel, fulfil, restock, settled shortcut',
    restocks: 1,
    cancels: 1,
    fulfils: 1,
    settledShortcut: true,
    lostReplies: true,
  },
];
