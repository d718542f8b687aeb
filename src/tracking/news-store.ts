import type { Database, Statement } from '../platform/database.ts';
import { fixColumns, type FixRow } from './fix-store.ts';

export type NewsRow = FixRow & { vehicleId: string; ownerId: string | null };

export type NewestAsked = {
  ownerId: string | undefined;
  /** Only what was received since. */
  since: Date | undefined;
  limit: number;
};

export type SinceAsked = NewestAsked & {
  since: Date;
  /** No fix that was received since is older: it would not have been taken. */
  from: Date;
};

type Placeholder = (type: string, value: unknown) => string;

const newsColumns = `v.id as "vehicleId", v.owner_id as "ownerId", ${fixColumns}`;

/** A plan for any time whatever would expect a third of all fixes, and might read all of them. */
const planForTheseValues: Statement = {
  name: 'planForTheseValues',
  text: 'set local plan_cache_mode = force_custom_plan',
};

/** The SQL of news. */
export function newsStore(database: Database) {
  return {
    /** The newest fix of each vehicle; if there are more, of those that were received last. */
    newest: (asked: NewestAsked) => {
      const values: unknown[] = [];
      const statement = newestStatement(asked, (type, value) => `$${values.push(value)}::${type}`);
      return database.rows<NewsRow>(statement, values);
    },

    /** In the order of their time, if there are no more than the limit; else any of them. */
    since: (asked: SinceAsked) =>
      database.transaction(async (transaction) => {
        const values: unknown[] = [];
        const statement = sinceStatement(asked, (type, value) => `$${values.push(value)}::${type}`);
        await transaction.rows(planForTheseValues);
        return transaction.rows<NewsRow>(statement, values);
      }),
  };
}

function newestStatement({ ownerId, since, limit }: NewestAsked, $: Placeholder): Statement {
  const conditions = [
    ...(ownerId === undefined ? [] : [`v.owner_id = ${$('uuid', ownerId)}`]),
    ...(since === undefined ? [] : [`f.received_at >= ${$('timestamptz', since)}`]),
  ];
  const text = `select ${newsColumns}
    from tracking.states f join tracking.vehicles v on v.no = f.vehicle
    ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
    order by f.received_at desc, v.id
    limit ${$('int', limit)}`;
  return { name: `newest${since ? ' since' : ''}${ownerId ? ' owner' : ''}`, text };
}

/** It stops at the limit before it sorts. Exported for the test that looks at the plan. */
export function sinceStatement(asked: SinceAsked, $: Placeholder): Statement {
  const { ownerId, since, from, limit } = asked;
  const owner = ownerId === undefined ? '' : `and v.owner_id = ${$('uuid', ownerId)}`;
  const text = `select * from (
      select ${newsColumns}
      from tracking.fixes f join tracking.vehicles v on v.no = f.vehicle
      where f.received_at >= ${$('timestamptz', since)} and f.at >= ${$('timestamptz', from)} ${owner}
      limit ${$('int', limit)}
    ) news
    order by timestamp, "vehicleId"`;
  return { name: `fixes since${ownerId ? ' owner' : ''}`, text };
}
