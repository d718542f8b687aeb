import { useRef } from 'preact/hooks';
import { plural } from '../base/format.ts';
import { query, showInAddress, to } from '../base/routing.ts';
import { api } from '../base/session.ts';
import { useStream } from '../base/stream.ts';
import { Button, ButtonLink } from '../parts/button.tsx';
import { Select } from '../parts/field.tsx';
import { Money } from '../parts/money.tsx';
import { Empty, Waiting } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { More, usePages, type Pages } from '../parts/pager.tsx';
import { Time } from '../parts/time.tsx';
import { ordersIn } from './order-news.ts';
import { StatusBadge, statusWord, type Order, type Status } from './status-badge.tsx';
import './orders.css';

const statuses: readonly Status[] = ['confirmed', 'fulfilled', 'cancelled'];

/** What this customer has ordered, as it stands. */
export function OwnOrdersPage() {
  const status = statuses.find((name) => name === query.value.get('status'));
  const pages = usePages<Order>(
    (cursor, signal) => api.listOrders({ status, cursor }, { signal }),
    [status],
  );
  useNews(pages, status);
  return (
    <Page title="My orders">
      <div class="filters">
        <Select
          label="Status"
          value={status ?? ''}
          options={[['', 'All'], ...statuses.map((name) => [name, statusWord(name)] as const)]}
          onValue={(value) => showInAddress({ status: value })}
        />
      </div>
      <Orders pages={pages} status={status} />
    </Page>
  );
}

/** What the stream tells is shown in place; orders that are new here come with the first page. */
function useNews(pages: Pages<Order>, status: Status | undefined): void {
  const shown = useRef({ pages, status });
  shown.current = { pages, status };
  useStream({
    topics: ['orders'],
    heard: (event) => {
      const now = shown.current;
      const known = new Map(now.pages.items?.map((order) => [order.id, order]));
      const orders = ordersIn(event);
      for (const order of orders) {
        const before = known.get(order.id);
        if (before && Number(before.version) < Number(order.version)) now.pages.put(order);
      }
      const isMissing = (order: Order) =>
        !known.has(order.id) && (!now.status || order.status === now.status);
      if (orders.some(isMissing)) now.pages.again();
    },
  });
}

function Orders({ pages, status }: { pages: Pages<Order>; status: Status | undefined }) {
  const { items, problem, hasMore } = pages;
  if (!items) return problem ? <More pages={pages} /> : <Waiting rows={6} />;
  if (items.length === 0 && !hasMore) return <NoOrders status={status} />;
  return (
    <>
      <ul class="stack">
        {items.map((order) => (
          <OrderCard key={order.id} order={order} />
        ))}
      </ul>
      <More pages={pages} />
    </>
  );
}

const namedMax = 3;

function OrderCard({ order }: { order: Order }) {
  const { id, number, status, lines, totalCents, currency, placedAt } = order;
  const named = lines.slice(0, namedMax).map(({ title }) => title);
  const others = lines.length - named.length;
  const items = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    <li class="card order-card">
      <div class="what">
        <h2>
          <a href={to('order', { id })}>{number}</a>
        </h2>
        <p>
          {named.join(', ')}
          {others > 0 && ` and ${others} more`}
        </p>
        <p class="hint">
          {plural(items, 'item')} · <Time at={placedAt} />
        </p>
      </div>
      <div class="sum">
        <StatusBadge status={status} />
        <strong>
          <Money cents={totalCents} currency={currency} />
        </strong>
      </div>
    </li>
  );
}

function NoOrders({ status }: { status: Status | undefined }) {
  if (!status) {
    return (
      <Empty icon="orders" title="You have not ordered anything yet">
        <p>What you order is listed here, with its status.</p>
        <ButtonLink href={to('shop')} look="primary">
          Go to the shop
        </ButtonLink>
      </Empty>
    );
  }
  return (
    <Empty icon="orders" title={`None of your orders is ${statusWord(status).toLowerCase()}`}>
      <Button onPress={() => showInAddress({ status: undefined })}>Show all of them</Button>
    </Empty>
  );
}
