import type { Operation } from './shapes.ts';

export type Column = keyof Operation;
export type Order = { by: Column; isDown: boolean };
export type Kind = 'all' | 'busy' | 'errors';
type Wanted = { text: string; kind: Kind; order: Order };

/** Those that are looked for, in the order that is wanted. */
export function chooseOperations(operations: readonly Operation[], wanted: Wanted): Operation[] {
  const { text, kind, order } = wanted;
  const sought = text.trim().toLowerCase();
  return operations
    .filter(({ operation }) => operation.toLowerCase().includes(sought))
    .filter((operation) => isOfKind(operation, kind))
    .toSorted((one, other) => compare(one, other, order));
}

function isOfKind({ perSecond, errors }: Operation, kind: Kind): boolean {
  return kind === 'all' || (kind === 'busy' ? perSecond > 0 : errors > 0);
}

/** What is not known comes last in both directions, and the name decides between equals. */
function compare(one: Operation, other: Operation, { by, isDown }: Order): number {
  const [a, b] = [one[by], other[by]];
  const byName = one.operation.localeCompare(other.operation);
  if (a === b) return byName;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  const rising = typeof a === 'number' && typeof b === 'number' ? a - b : byName;
  return isDown ? -rising : rising;
}

/** Pressed again a column turns round; numbers begin with the greatest, names with the first. */
export function nextOrder({ by, isDown }: Order, pressed: Column): Order {
  return { by: pressed, isDown: pressed === by ? !isDown : pressed !== 'operation' };
}
