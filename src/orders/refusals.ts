import { AppError } from '../platform/errors.ts';

/** A line that was short, as it was found when the order was refused. */
export type ShortLine = { productId: string; asked: number; available: number };

const namedLinesMax = 3;

/** The same lines always make the same refusal, so that a repetition is told what the first was. */
export function outOfStock(lines: readonly ShortLine[]): AppError {
  const named = lines.slice(0, namedLinesMax).map(shortage);
  const others = lines.length - named.length;
  const more = others > 0 ? [`${others} more`] : [];
  return new AppError('outOfStock', `Not enough stock: ${[...named, ...more].join(', ')}`, {
    details: { lines: lines.map(shown) },
  });
}

/** Nothing was ordered under the key, and nothing will be. */
export function orderVoided(): AppError {
  return new AppError('orderVoided', 'This order was called off before it was placed');
}

function shortage({ productId, asked, available }: ShortLine): string {
  return `${productId} (asked ${asked}, available ${available})`;
}

/** Nothing but what the contract of the refusal names. */
function shown({ productId, asked, available }: ShortLine): ShortLine {
  return { productId, asked, available };
}
