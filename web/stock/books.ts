import type { api } from '../base/session.ts';

type Process = Awaited<ReturnType<typeof api.getSystem>>['processes'][number];
type Told = Pick<Process, 'invariants' | 'audits'>;

export type Rule = { service: string; invariant: string; violations: number };
export type Books = {
  rules: readonly Rule[];
  violated: readonly Rule[];
  /** When the last audit was complete, of the service where that is longest ago. */
  checkedAt: string | undefined;
};

/** What each rule of the books says. */
const meanings: Record<string, string> = {
  'catalog K1':
    'Of every product, what is on hand is what the ledger says, and what is reserved is what orders and holds say.',
  'catalog K2': 'No stock waits long to hear what became of its orders.',
  'orders K2': 'Every order that has ended is told to the stock within a minute.',
  'orders O1': 'A request that is repeated under the same key makes one order, never two.',
  'orders O2': 'Every order is complete, and costs what its lines cost.',
};

export const meaningOf = ({ service, invariant }: Rule): string =>
  meanings[`${service} ${invariant}`] ?? 'A rule of the books.';

/** What all processes have found together. */
export function booksOf(processes: readonly Told[]): Books {
  const byRule = Map.groupBy(
    processes.flatMap(({ invariants }) => invariants),
    ({ service, invariant }) => `${service} ${invariant}`,
  );
  const rules = [...byRule.values()].map((found) => ({
    service: found[0]?.service ?? '',
    invariant: found[0]?.invariant ?? '',
    violations: found.reduce((sum, { violations }) => sum + violations, 0),
  }));
  return {
    rules,
    violated: rules.filter(({ violations }) => violations > 0),
    checkedAt: lastCheck(processes.flatMap(({ audits }) => audits)),
  };
}

/** Several processes may audit one service: its newest audit counts. Unless all have, none has. */
function lastCheck(audits: Told['audits']): string | undefined {
  const newest = [...Map.groupBy(audits, ({ service }) => service).values()].map(
    (ofService) =>
      ofService
        .map(({ at = '' }) => at)
        .toSorted()
        .at(-1) ?? '',
  );
  return newest.toSorted()[0] || undefined;
}
