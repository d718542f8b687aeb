import type { OrderToReserve, Reservation, ReservedLine } from './order-stock-shapes.ts';
import type { BatchOutcome } from './order-stock-store.ts';

/** An order, with where it and its lines are in the batch. */
type Placed = { order: OrderToReserve; number: number; firstLine: number };

/** What needs no more than a word. */
const plainOutcomes = new Map<string, 'mismatch' | 'released' | 'totalTooLarge'>([
  ['M', 'mismatch'],
  ['R', 'released'],
  ['T', 'totalTooLarge'],
]);

/** Reads the outcome of a batch as one answer for each order. */
export function resultsOf(orders: readonly OrderToReserve[], batch: BatchOutcome): Reservation[] {
  let firstLine = 0;
  return orders.map((order, i) => {
    const placed = { order, number: i + 1, firstLine };
    firstLine += order.lines.length;
    return resultOf(placed, batch);
  });
}

function resultOf(placed: Placed, batch: BatchOutcome): Reservation {
  const { orderId } = placed.order;
  const letter = batch.outcome.charAt(placed.number - 1);
  switch (letter) {
    case 'N':
      return reserved(orderId, newLines(placed, batch));
    case 'A':
    case 'S':
      return reserved(orderId, batch.repeats?.[placed.number] ?? []);
    case 'F':
      return { orderId, outcome: 'short', lines: shortLines(placed, batch) };
    case 'U':
      return { orderId, outcome: 'unknownProduct', productIds: unknownProducts(placed, batch) };
    default:
      return { orderId, outcome: plainOutcome(letter) };
  }
}

function plainOutcome(letter: string) {
  const outcome = plainOutcomes.get(letter);
  if (!outcome) throw new Error(`An order came back as "${letter}"`);
  return outcome;
}

/** Exact, because what would not be was refused as too large. */
function reserved(orderId: string, lines: ReservedLine[]): Reservation {
  const totalCents = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0);
  return { orderId, outcome: 'reserved', lines, totalCents };
}

function newLines({ order, firstLine }: Placed, { titles, prices }: BatchOutcome): ReservedLine[] {
  return order.lines.map(({ productId, quantity }, i) => ({
    productId,
    title: titles[firstLine + i] as string,
    quantity,
    unitPriceCents: prices[firstLine + i] as number,
  }));
}

function shortLines({ order, firstLine }: Placed, { remains }: BatchOutcome) {
  return order.lines.flatMap(({ productId, quantity }, i) => {
    const available = remains?.[firstLine + i] ?? null;
    return available === null ? [] : [{ productId, asked: quantity, available }];
  });
}

function unknownProducts({ order, firstLine }: Placed, { prices }: BatchOutcome): string[] {
  return order.lines
    .filter((_, i) => prices[firstLine + i] === null)
    .map(({ productId }) => productId);
}
