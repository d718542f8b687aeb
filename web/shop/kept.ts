export type BasketLine = { productId: string; quantity: number };

/** A try to order: under its key there is never more than one order, and only for this user. */
export type Attempt = { key: string; userId: string };

/** What outlasts the page. */
export type Kept = { lines: readonly BasketLine[]; attempt?: Attempt | undefined };

export const linesMax = 100;
export const quantityMax = 1_000_000;
const textLengthMax = 100_000;

const productId = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const visible = /^[\x21-\x7e]{1,255}$/;

/** Reads what was kept; anybody can write there, so what is not a basket counts as none. */
export function readKept(text: string | null): Kept {
  const { lines, attempt } = fieldsOf(parsed(text));
  const seen = new Set<string>();
  const good = (Array.isArray(lines) ? lines : []).filter(isLine).filter((line) => {
    const isNew = !seen.has(line.productId);
    seen.add(line.productId);
    return isNew;
  });
  return {
    lines: good.slice(0, linesMax).map((line) => ({
      productId: line.productId,
      quantity: line.quantity,
    })),
    ...(good.length > 0 && isAttempt(attempt) && { attempt }),
  };
}

export function writeKept(kept: Kept): string {
  return JSON.stringify(kept);
}

/** The lines with so many more of a product, or undefined if there is no room for another line. */
export function withMore(
  lines: readonly BasketLine[],
  wanted: BasketLine,
): readonly BasketLine[] | undefined {
  const before = lines.find((line) => line.productId === wanted.productId);
  if (before) return withQuantity(lines, wanted.productId, before.quantity + wanted.quantity);
  if (lines.length >= linesMax) return undefined;
  return [...lines, { ...wanted, quantity: Math.min(wanted.quantity, quantityMax) }];
}

/** The lines with this many of a product; none of it is no line. */
export function withQuantity(
  lines: readonly BasketLine[],
  id: string,
  quantity: number,
): readonly BasketLine[] {
  if (quantity < 1) return lines.filter((line) => line.productId !== id);
  const bounded = Math.min(quantity, quantityMax);
  return lines.map((line) => (line.productId === id ? { ...line, quantity: bounded } : line));
}

function parsed(text: string | null): unknown {
  if (text === null || text.length > textLengthMax) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isLine(value: unknown): value is BasketLine {
  const { productId: id, quantity } = fieldsOf(value);
  if (typeof id !== 'string' || !productId.test(id)) return false;
  return Number.isInteger(quantity) && Number(quantity) >= 1 && Number(quantity) <= quantityMax;
}

function isAttempt(value: unknown): value is Attempt {
  const { key, userId } = fieldsOf(value);
  return [key, userId].every((text) => typeof text === 'string' && visible.test(text));
}
