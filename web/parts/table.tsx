import type { ComponentChildren } from 'preact';

type Props = {
  /** What it lists, for those who do not see it. */
  caption: string;
  /** An empty one stands above buttons; with `end` the column is one of numbers. */
  columns: readonly (string | { name: string; end: true })[];
  children: ComponentChildren;
};

/** A table that scrolls by itself where it is wider than the page. */
export function Table({ caption, columns, children }: Props) {
  return (
    // Who has no mouse scrolls it with the arrow keys.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div class="table" role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, i) => {
              const { name, end } =
                typeof column === 'string' ? { name: column, end: false } : column;
              return (
                <th key={i} scope="col" class={end ? 'end' : undefined}>
                  {name || <span class="unseen">Actions</span>}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
