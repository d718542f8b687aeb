/** How far a reader has come, as its `Last-Event-ID` says. */
export type Resume = {
  /** In the log of this process; absent if it was another one's. */
  number: number | undefined;
  /** When that was. */
  atMs: number;
};

export type Ids = ReturnType<typeof createIds>;

const form = /^([0-9a-z]{1,32})-([0-9]{1,15})-([0-9]{1,15})$/;

/** Ids name a place in the log of one process, and a time for when that log is gone. */
export function createIds(epoch: string) {
  return {
    idOf: (number: number, atMs: number): string => `${epoch}-${number}-${Math.round(atMs)}`,

    read(id: string | undefined): Resume | undefined {
      const [, ofEpoch, number, atMs] = form.exec(id ?? '') ?? [];
      if (ofEpoch === undefined) return undefined;
      return { number: ofEpoch === epoch ? Number(number) : undefined, atMs: Number(atMs) };
    },
  };
}
