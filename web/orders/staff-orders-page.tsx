import { useSignal } from '@preact/signals';
import { number, plural } from '../base/format.ts';
import { query, to } from '../base/routing.ts';
import { Button } from '../parts/button.tsx';
import { LiveMark } from '../parts/live-mark.tsx';
import { Money } from '../parts/money.tsx';
import { Empty, Failure, Waiting } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { ClosingButtons, ClosingDialog, type ClosingKind } from './staff-closing.tsx';
import { filtersOf, isFiltered } from './staff-filters.ts';
import { rowsMax } from './staff-list.ts';
import { useOrders, type OrderList } from './staff-live.ts';
import { PersonName } from './staff-name.tsx';
import { OpenOrder, OrderFilters } from './staff-order-filters.tsx';
import { StatusBadge, type Order } from './status-badge.tsx';
import './staff-orders.css';

const amounts = ['Items', 'Total'].map((name) => ({ name, end: true }) as const);
const columns = ['Order', 'Placed', 'Customer', 'Status', ...amounts, ''];

type Choose = (order: Order, kind: ClosingKind) => void;

/** All orders, as they come. */
export function StaffOrdersPage() {
  const filters = filtersOf(query.value);
  const { list, isLive } = useOrders(filters);
  const chosen = useSignal<{ order: Order; kind: ClosingKind } | undefined>(undefined);
  const orders = list.orders.value;
  return (
    <Page title="Orders" actions={<OpenOrder />} wide>
      <OrderFilters filters={filters} />
      <section class="card section" aria-label="Orders">
        <div class="head staff-count">
          <LiveMark isLive={isLive} />
          {orders && <span class="muted">{shownWords(orders.length, list)}</span>}
        </div>
        {orders?.length === 0 && <NoOrders isFiltered={isFiltered(filters)} />}
        {orders && orders.length > 0 && (
          <Rows
            list={list}
            orders={orders}
            onChoose={(order, kind) => {
              chosen.value = { order, kind };
            }}
          />
        )}
        <Below list={list} />
      </section>
      {chosen.value && (
        <ClosingDialog
          {...chosen.value}
          onKnown={list.know}
          onClose={() => {
            keepFocus(chosen.value?.order);
            chosen.value = undefined;
          }}
        />
      )}
    </Page>
  );
}

/** The button that was pressed may be gone with the dialog; then its row has the focus. */
function keepFocus(order: Order | undefined): void {
  setTimeout(() => {
    const isLost = document.activeElement === document.body;
    if (isLost) document.getElementById(`order-${order?.id}`)?.focus();
  }, 50);
}

function shownWords(count: number, { cursor }: OrderList): string {
  if (count >= rowsMax) return `The newest ${number(rowsMax)}; filters find older ones`;
  return cursor.value === undefined ? plural(count, 'order') : `The newest ${number(count)}`;
}

type RowsProps = { list: OrderList; orders: readonly Order[]; onChoose: Choose };

function Rows({ list, orders, onChoose }: RowsProps) {
  return (
    <div class="staff-orders">
      <Table caption="Orders, newest first" columns={columns}>
        {orders.map((order) => (
          <Row key={order.id} order={order} isFresh={list.isFresh(order.id)} onChoose={onChoose} />
        ))}
      </Table>
    </div>
  );
}

type RowProps = { order: Order; isFresh: boolean; onChoose: Choose };

function Row({ order, isFresh, onChoose }: RowProps) {
  const { id, lines, currency, totalCents } = order;
  const items = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    <tr class={isFresh ? 'fresh' : undefined}>
      <td>
        <a id={`order-${id}`} class="staff-row-link" href={to('staffOrder', { id })}>
          {order.number}
        </a>
      </td>
      <td>
        <Time at={order.placedAt} />
      </td>
      <td class="who">
        <PersonName id={order.userId} />
      </td>
      <td>
        <StatusBadge status={order.status} />
      </td>
      <td class="end" title={lines.map(({ title }) => title).join(', ')}>
        <span data-unit={items === 1 ? 'item' : 'items'}>{number(items)}</span>
        {lines.length > 1 && <span class="muted in-lines"> in {plural(lines.length, 'line')}</span>}
      </td>
      <td class="end">
        <Money cents={totalCents} currency={currency} />
      </td>
      <td>
        <div class="actions">
          <ClosingButtons order={order} small onChoose={(kind) => onChoose(order, kind)} />
        </div>
      </td>
    </tr>
  );
}

function NoOrders({ isFiltered: hasFilters }: { isFiltered: boolean }) {
  return hasFilters ? (
    <Empty icon="search" title="No order fits these filters">
      <p>Take some of them away. An order that fits appears here by itself.</p>
    </Empty>
  ) : (
    <Empty icon="orders" title="Nobody has ordered yet">
      <p>The first order appears here by itself.</p>
    </Empty>
  );
}

function Below({ list }: { list: OrderList }) {
  const { problem, orders, cursor, isLoading } = list;
  const count = orders.value?.length;
  if (problem.value) {
    return <Failure problem={problem.value} what="The orders did not come." again={list.load} />;
  }
  if (count === undefined) return <Waiting rows={8} />;
  if (cursor.value === undefined || count >= rowsMax) return null;
  return (
    <div class="more">
      <Button isBusy={isLoading.value} onPress={list.more}>
        Show more
      </Button>
    </div>
  );
}
