/** As much as Bazar takes. */
const centsMax = 100_000_000_000;
const priceForm = /^(\d{1,10})(?:[.,](\d{1,2}))?$/;

/** What somebody has typed as a price, in cents; undefined if it is none. */
export function centsOf(text: string): number | undefined {
  const found = priceForm.exec(text.trim());
  if (!found) return undefined;
  const [, whole = '', part = ''] = found;
  const cents = Number(whole) * 100 + Number(part.padEnd(2, '0'));
  return cents <= centsMax ? cents : undefined;
}

/** The same for a field: digits and a point, whatever the reader's language. */
export function priceText(cents: number): string {
  return `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}
