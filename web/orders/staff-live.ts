import { signal, type Signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { AppError } from '../../src/platform/errors.ts';
import { refusalOf } from '../base/load.ts';
import { api } from '../base/session.ts';
import { useStream } from '../base/stream.ts';
import { ordersIn } from './order-news.ts';
import type { Filters } from './staff-filters.ts';
import { enter, rowsMax } from './staff-list.ts';
import type { Order } from './status-badge.tsx';

const pageRows = 50;
/** What is heard within this time is shown together, so that a busy shop does not busy the page. */
const togetherMs = 200;

export type OrderList = ReturnType<typeof createOrderList>;

/** The orders that these filters find, as they are now and as they come. */
export function useOrders(filters: Filters): { list: OrderList; isLive: boolean } {
  const list = useMemo(() => createOrderList(filters), [JSON.stringify(filters)]);
  const current = useRef(list);
  current.current = list;

  useEffect(() => {
    list.load();
    return list.close;
  }, [list]);
  const isLive = useStream({
    topics: ['orders'],
    heard: (event) => current.current.hear(ordersIn(event)),
    again: () => current.current.load(),
  });
  return { list, isLive: isLive.value };
}

function createOrderList(filters: Filters) {
  const orders = signal<readonly Order[] | undefined>(undefined);
  const problem = signal<AppError | undefined>(undefined);
  const isLoading = signal(false);
  const cursor = signal<string | undefined>(undefined);
  const { hear, settle, isFresh, stop } = createNews({ orders, isLoading, filters });
  let controller = new AbortController();

  async function load(from?: string): Promise<void> {
    controller.abort();
    const mine = new AbortController();
    controller = mine;
    isLoading.value = true;
    problem.value = undefined;
    try {
      const asked = { ...filters, limit: pageRows, cursor: from };
      const page = await api.listOrders(asked, { signal: mine.signal });
      if (mine.signal.aborted) return;
      const before = from === undefined ? [] : (orders.peek() ?? []);
      orders.value = enter(before, page.items, filters);
      cursor.value = page.nextCursor;
    } catch (error) {
      if (mine.signal.aborted) return;
      problem.value = refusalOf(error);
    }
    isLoading.value = false;
    settle();
  }

  return {
    orders,
    problem,
    isLoading,
    cursor,
    isFresh,
    hear,
    /** What the reader has just done is not news that can wait. */
    know: (order: Order) => {
      hear([order]);
      settle();
    },
    load: () => void load(),
    more: () => void load(cursor.peek()),
    close: () => {
      stop();
      controller.abort();
    },
  };
}

type News = {
  orders: Signal<readonly Order[] | undefined>;
  isLoading: Signal<boolean>;
  filters: Filters;
};

/** What is heard waits a moment, and for a page that is under way: that may be older. */
function createNews({ orders, isLoading, filters }: News) {
  const waiting = new Map<string, Order>();
  const fresh = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function settle(): void {
    clearTimeout(timer);
    timer = undefined;
    const before = orders.peek();
    if (!before || isLoading.peek() || waiting.size === 0) return;
    const known = new Set(before.map(({ id }) => id));
    fresh.clear();
    for (const id of waiting.keys()) if (!known.has(id)) fresh.add(id);
    orders.value = enter(before, waiting.values(), filters);
    waiting.clear();
  }

  function keep(order: Order): void {
    const before = waiting.get(order.id);
    if (before && Number(before.version) > Number(order.version)) return;
    waiting.delete(order.id);
    waiting.set(order.id, order);
  }

  return {
    settle,
    /** Whether it came in with the last news. */
    isFresh: (id: string): boolean => fresh.has(id),
    hear: (news: readonly Order[]): void => {
      for (const order of news) keep(order);
      for (const id of waiting.keys()) {
        if (waiting.size <= rowsMax) break;
        waiting.delete(id);
      }
      if (news.length > 0) timer ??= setTimeout(settle, togetherMs);
    },
    stop: (): void => clearTimeout(timer),
  };
}
