/** A change of the code that must be caught: in these files, this text becomes that one. */
export type Mutant = { file: string; from: string; to: string }[];

/** The two classic mistakes of this protocol. */
export const mutants: Readonly<Record<string, Mutant>> = {
  /** Asking whether an order is there, without making sure that it never will be. */
  noTombstone: [
    {
      file: 'orders/verdict-store.ts',
      from: 'await database.rows(voidAbsent, [ids, at, requestId, traceId]);',
      to: 'void [at, requestId, traceId];',
    },
    {
      file: 'orders/verdicts.ts',
      from: 'present(letters.get(orderId), orderId)',
      to: "letters.get(orderId) ?? 'V'",
    },
  ],
  /** Giving back what is old, without asking. */
  timeAlone: [
    {
      file: 'catalog/sweeper.ts',
      from: 'await orders.resolve(',
      to:
        '((asked: { orderIds: string[] }, ..._call: unknown[]) => ({ verdicts: ' +
        "asked.orderIds.map((orderId) => ({ orderId, verdict: 'void' as Verdict })) }))(",
    },
  ],
};

export const mutantNames = Object.keys(mutants);
