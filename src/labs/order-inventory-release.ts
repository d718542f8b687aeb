import type { Call } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import { idOf } from '../platform/idempotency.ts';
import type { LabParts } from './lab.ts';
import { planRelease, sumOf, type Held } from './order-inventory-plan.ts';

type Wanted = { productId: string; quantity: number };
type Reach = { cursor?: string; pages: number };
type Part = { held: Held; keep: number; productId: string };

/** Tells what this lab has put aside from what staff have. */
export const note = 'lab order-inventory';

const pageSize = 100;
/** So many holds of all products are looked through, and so many given back, in one request. */
const pagesMax = 200;
const heldMax = 1_000;
const atOnceMax = 50;
/** How often others may be faster before the request gives up. */
const roundsMax = 10;

/** Gives back what was reserved through this lab, and never what belongs to orders or to staff. */
export function createRelease(parts: LabParts) {
  const findHolds = holdFinder(parts);
  const { giveBackAll, giveBackPart } = createGivingBack(parts);

  async function round({ productId, quantity }: Wanted, call: Call): Promise<number> {
    const holds = await findHolds({ productId, quantity }, call);
    const plan = planRelease(holds, quantity);
    if (!plan) throw tooMuch(quantity, sumOf(holds));
    if (plan.whole.length > heldMax) {
      throw new AppError('invalid', `These are more than ${heldMax} reservations; release fewer`);
    }
    const back = await giveBackAll(plan.whole, call);
    return back + (plan.split ? await giveBackPart({ ...plan.split, productId }, call) : 0);
  }

  /** Where others were faster, the next round begins with what they have left. */
  async function release(wanted: Wanted, call: Call, rounds: number): Promise<number> {
    const back = await round(wanted, call);
    const left = wanted.quantity - back;
    if (left <= 0) return back;
    if (rounds === 1) throw new AppError('overloaded', 'Others release the same; try again');
    const more = release({ ...wanted, quantity: left }, call, rounds - 1);
    return back + (await (back > 0 ? more.catch(nothingIfGone) : more));
  }

  /** Says how much was given back, which is what was asked unless others came in between. */
  return (wanted: Wanted): Promise<number> => release(wanted, parts.asService(), roundsMax);
}

/** Finds the newest holds of a product that make up a quantity, or all that there are. */
function holdFinder({ services: { catalog } }: LabParts) {
  async function find(wanted: Wanted, call: Call, reach: Reach): Promise<Held[]> {
    const { pages, ...from } = reach;
    const { items, nextCursor } = await catalog.listHolds({ limit: pageSize, ...from }, call);
    const holds = items
      .filter((hold) => hold.note === note && hold.lines[0]?.productId === wanted.productId)
      .map(({ id, lines }) => ({ id, quantity: lines[0]?.quantity ?? 0 }));
    const quantity = wanted.quantity - sumOf(holds);
    if (quantity <= 0 || nextCursor === undefined) return holds;
    if (pages === 1) throw new AppError('overloaded', 'Too many reservations to look through');
    const older = { cursor: nextCursor, pages: pages - 1 };
    return [...holds, ...(await find({ ...wanted, quantity }, call, older))];
  }

  return (wanted: Wanted, call: Call) => find(wanted, call, { pages: pagesMax });
}

function createGivingBack({ services: { catalog } }: LabParts) {
  /** Of all who give a hold back only one has done it; to the others it is told as a replay. */
  async function giveBack({ id, quantity }: Held, call: Call): Promise<number> {
    const own: Call = { ...call, answer: {} };
    await catalog.releaseHold({ id }, own);
    return own.answer.replayed ? 0 : quantity;
  }

  async function giveBackAll(holds: readonly Held[], call: Call): Promise<number> {
    if (holds.length === 0) return 0;
    const now = holds.slice(0, atOnceMax);
    const counts = await Promise.all(now.map((held) => giveBack(held, call)));
    const others = await giveBackAll(holds.slice(atOnceMax), call);
    return counts.reduce((total, count) => total + count, others);
  }

  /**
   * Back first, then aside again: the other way round needs stock that may not be there. Who takes
   * it just in between has it, and then all of the hold was given back.
   */
  async function giveBackPart({ held, keep, productId }: Part, call: Call): Promise<number> {
    const back = await giveBack(held, call);
    if (back === 0) return 0;
    const idempotencyKey = idOf('lab', 'rest of hold', held.id);
    const rest = { idempotencyKey, lines: [{ productId, quantity: keep }], note };
    const kept = await catalog.createHold(rest, call).then(() => keep, noneIfShort);
    return back - kept;
  }

  return { giveBackAll, giveBackPart };
}

function noneIfShort(error: unknown): 0 {
  if (error instanceof AppError && error.code === 'outOfStock') return 0;
  throw error;
}

/** What was given back already is told, even if there is not as much as was asked. */
function nothingIfGone(error: unknown): 0 {
  if (error instanceof AppError && ['conflict', 'overloaded'].includes(error.code)) return 0;
  throw error;
}

function tooMuch(requested: number, reserved: number): AppError {
  const details = { requested, reserved };
  return new AppError('conflict', 'Cannot release more than is reserved', { details });
}
