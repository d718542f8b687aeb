import { remainingMs, type Call } from '../platform/call.ts';
import { AppError, invalid } from '../platform/errors.ts';
import { fixOf } from './fix-store.ts';
import type { Period } from './period.ts';
import { afterMs, type routeStore } from './route-store.ts';
import type { Fix } from './shapes.ts';
import { simplifiedMax, simplify } from './simplify.ts';

/** Writes a file, fixes by fixes. */
export type RouteWriter = { add(fixes: readonly Fix[]): void; end(): string };

type Wanted = Period & { vehicle: number; toleranceMeters: number | undefined };

const fixesMax = 100_000;
/**
 * To read and to write so many takes one turn of the event loop, of some 10 ms; larger pages take
 * longer turns and save no time.
 */
const pageSize = simplifiedMax;
/** Each holds some 40 MB when it is long. */
const atOnceMax = 8;

/** Writes whole routes, page by page, so that others have their turn in between. */
export function routeExport(store: ReturnType<typeof routeStore>) {
  let underWay = 0;

  async function write(wanted: Wanted, writer: RouteWriter, call: Call): Promise<string> {
    const { toleranceMeters } = wanted;
    let { fromMs } = wanted;
    let count = 0;
    let isMore = true;
    while (isMore) {
      remainingMs(call);
      // oxlint-disable-next-line no-await-in-loop -- each page begins where the one before ended
      const rows = await store.read({ ...wanted, fromMs, limit: pageSize });
      count += rows.length;
      if (count > fixesMax) throw tooMany();
      const fixes = rows.map(fixOf);
      writer.add(toleranceMeters === undefined ? fixes : simplify(fixes, toleranceMeters));
      const last = rows.at(-1);
      if (last) fromMs = afterMs(last);
      isMore = rows.length === pageSize;
    }
    if (count === 0) {
      throw new AppError('noFixes', 'The vehicle has not said where it was in this time');
    }
    return writer.end();
  }

  return async (wanted: Wanted, writer: RouteWriter, call: Call): Promise<string> => {
    if (underWay >= atOnceMax) {
      throw new AppError('overloaded', 'Too many routes are being exported', {
        retryAfterSeconds: 1,
      });
    }
    underWay += 1;
    try {
      return await write(wanted, writer, call);
    } finally {
      underWay -= 1;
    }
  };
}

function tooMany(): AppError {
  return invalid('query', '/from', `begins more than ${fixesMax} fixes; ask for a shorter time`);
}
