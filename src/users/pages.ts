/** One page out of a list that was read one item further, which shows whether there is more. */
export function pageOf<Item>(
  found: readonly Item[],
  limit: number,
  cursorAfter: (item: Item) => string,
): { items: Item[]; nextCursor?: string } {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  if (found.length <= limit || last === undefined) return { items };
  return { items, nextCursor: cursorAfter(last) };
}
