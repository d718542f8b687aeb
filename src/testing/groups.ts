import { dirname } from 'node:path';

type Group = { name: string; takes: (file: string) => boolean };

const anyOf =
  (...names: string[]) =>
  (file: string) =>
    names.some((name) => file.startsWith(name));

/** What does not go by its folder; the longest come first, so that they do not end last. */
const ordered: readonly Group[] = [
  { name: 'test/faults.test.ts', takes: anyOf('test/faults.test.ts') },
  // These share a browser, and most of them a Bazar: two parts, because one would take too long.
  {
    name: 'web (shop, map, stock, system)',
    takes: anyOf('web/shop/', 'web/map/', 'web/stock/', 'web/system/'),
  },
  { name: 'src/labs', takes: anyOf('src/labs/') },
  { name: 'web (all else)', takes: anyOf('web/') },
  { name: 'test/rolling.test.ts', takes: anyOf('test/rolling.test.ts') },
  // These run on the same processes, in the same two shapes.
  {
    name: 'test (accounts, orders, shop)',
    takes: anyOf('test/accounts.', 'test/orders.', 'test/shop.'),
  },
];

/** They start whole systems of their own, and gain nothing from company. */
const isAlone = anyOf('test/');

/** The files of each process, by its name, in the order in which they begin. */
export function groupsOf(files: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>(ordered.map(({ name }) => [name, []]));
  for (const file of files.toSorted()) {
    const found = ordered.find(({ takes }) => takes(file));
    const name = found?.name ?? (isAlone(file) ? file : dirname(file));
    groups.set(name, [...(groups.get(name) ?? []), file]);
  }
  return new Map([...groups].filter(([, group]) => group.length > 0));
}
