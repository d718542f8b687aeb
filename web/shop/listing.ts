import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useLoad } from '../base/load.ts';
import { api } from '../base/session.ts';
import { questionOf, type Wishes } from './wishes.ts';

export type Product = Awaited<ReturnType<typeof api.getProduct>>;
export type Listing = { wishes: Wishes; items: readonly Product[]; hasMore: boolean };

/** Stock changes all the time, and whoever looks should see it within two seconds. */
export const freshMs = 1_500;
const pageSize = 24;
const pageSizeMax = 100;
export const shownMax = 300;

/** What is wished for, as it is now; an answer to older wishes never comes after newer ones. */
export function useListing(wishes: Wishes) {
  const count = useSignal(pageSize);
  const wanted = useRef(wishes);
  const loaded = useLoad<Listing>(
    async (signal) => {
      const asked = wanted.current;
      const found = await read(asked, count.peek(), { signal });
      return { wishes: asked, ...found };
    },
    [],
    { everyMs: freshMs },
  );

  const { q, topic, sort, inStock } = wishes;
  useEffect(() => {
    if (wanted.current === wishes) return;
    wanted.current = wishes;
    count.value = pageSize;
    loaded.again();
  }, [q, topic, sort, inStock]);

  return {
    loaded,
    count: count.value,
    showMore: () => {
      count.value = Math.min(shownMax, count.value + pageSize * 2);
      loaded.again();
    },
  };
}

type Rest = { signal: AbortSignal; cursor?: string };

/** So many of the first products, in as many requests as that takes. */
async function read(wishes: Wishes, count: number, { signal, cursor }: Rest): Promise<Found> {
  const limit = Math.min(count, pageSizeMax);
  const page = await api.listProducts({ ...questionOf(wishes), limit, cursor }, { signal });
  const { items, nextCursor } = page;
  if (nextCursor === undefined) return { items, hasMore: false };
  const left = count - items.length;
  if (left <= 0 || items.length === 0) return { items, hasMore: true };
  const rest = await read(wishes, left, { signal, cursor: nextCursor });
  return { items: [...items, ...rest.items], hasMore: rest.hasMore };
}

type Found = Omit<Listing, 'wishes'>;
