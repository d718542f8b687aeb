import type { Queryable, Statement } from '../platform/database.ts';
import type { Window } from './window.ts';

export type Average = { averageSpeedMetersPerSecond: number; fixes: number };

type Sums = { fixes: number; product: number; heldMs: number; slowest: number };

// Each speed holds until the next one is told, the last until the window ends. date_part counts in
// float8, where extract would count in slow numerics. The division is left to JavaScript: of speeds
// next to nothing the server would make an error.
const sumSpeeds: Statement = {
  name: 'sumSpeeds',
  text: `select count(*)::int as fixes, sum(speed * ms) as product, sum(ms) as "heldMs",
      min(speed) as slowest
    from (
      select speed, 1000 * date_part('epoch',
        lead(at, 1, to_timestamp($3::float8 / 1000)) over (order by at) - at) as ms
      from tracking.fixes
      where vehicle = $1::int and at > to_timestamp($2::float8 / 1000)
        and at <= to_timestamp($3::float8 / 1000) and speed is not null
    ) held
    having count(*) > 0`,
};

/** The SQL of average speeds; within a transaction, if it is given one. */
export function averageStore(database: Queryable) {
  return {
    /** Nothing, if the vehicle (by its number) has told no speed in the window. */
    async average(vehicle: number, { fromMs, untilMs }: Window): Promise<Average | undefined> {
      const sums = await database.one<Sums>(sumSpeeds, [vehicle, fromMs, untilMs]);
      if (!sums) return undefined;
      const { fixes, product, heldMs, slowest } = sums;
      // Only a fix at the very end holds for no time at all; alone it is the average.
      return { averageSpeedMetersPerSecond: heldMs > 0 ? product / heldMs : slowest, fixes };
    },
  };
}
