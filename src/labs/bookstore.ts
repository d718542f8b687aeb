import { createReadCache } from './bookstore-cache.ts';
import { createBookCatalog } from './bookstore-catalog.ts';
import { bookstoreDoors } from './bookstore-doors.ts';
import { bookstoreFlags, readFlags } from './bookstore-flags.ts';
import { openReplicas, withCache, withKeys } from './bookstore-front.ts';
import { createBookOrder } from './bookstore-order.ts';
import { openPart } from './bookstore-part.ts';
import type { Lab, LabDoor, LabParts } from './lab.ts';

/** Only what changes behind the back of the front, such as an order that was given up, waits for it. */
const keepMs = 5_000;

/** Bazar.com of the course at An-Najah: a front, a catalog server and an order server. */
export const lab: Lab = {
  summary: 'Bazar.com, a book store of three servers, with replicas and a cache if wanted',
  flags: bookstoreFlags,

  async start(parts: LabParts): Promise<LabDoor[]> {
    const { flags, log, lifecycle } = parts;
    const { part, replicas, cacheSize, unsafeGet } = readFlags(flags);
    const cache = createReadCache({ entriesMax: cacheSize, keepMs });
    const doors = { cache, unsafeGet, log };
    if (part === undefined && replicas > 1) {
      const shop = withKeys(await openReplicas({ replicas, log, lifecycle }));
      return bookstoreDoors({ ...doors, shop: withCache(shop, cache) });
    }
    const own = { catalog: createBookCatalog(parts), order: createBookOrder(parts) };
    return part ? [openPart(part, own)] : bookstoreDoors({ ...doors, shop: withKeys(own) });
  },
};
