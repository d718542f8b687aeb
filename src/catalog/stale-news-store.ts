import type { Database, Statement } from '../platform/database.ts';

const dropStaleLowNews: Statement = {
  name: 'dropStaleLowNews',
  text: `with oldest as (
      select seq, at from catalog.outbox order by seq limit $1::int for update skip locked
    )
    delete from catalog.outbox where seq in (
      select seq from oldest where at < clock_timestamp() - make_interval(hours => $2::int)
    ) returning seq`,
};

/** The SQL of forgetting what could not be told. */
export function staleNewsStore(database: Database) {
  return {
    dropStale: async (max: number, hoursMax: number) =>
      (await database.rows(dropStaleLowNews, [max, hoursMax])).length,
  };
}
