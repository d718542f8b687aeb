type Form<Row, Item> = {
  limit: number;
  /** Where the next page begins, after the last row that is shown. */
  cursor: (last: Row) => string;
  /** How a row is shown; as it is, if not said. */
  item?: (row: Row) => Item;
};

type Page<Item> = { items: Item[]; nextCursor?: string };

/** A page out of one row more than it shows: that one says whether there is a next page. */
export function pageOf<Row, Item = Row>(
  rows: readonly Row[],
  { limit, cursor, item = (row) => row as unknown as Item }: Form<Row, Item>,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { items: shown.map(item), ...(last && { nextCursor: cursor(last) }) };
}
