import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useLoad, type Loaded } from '../base/load.ts';
import { place, to } from '../base/routing.ts';
import { api } from '../base/session.ts';
import { useStream } from '../base/stream.ts';
import { ButtonLink } from '../parts/button.tsx';
import { LiveMark } from '../parts/live-mark.tsx';
import { Shown } from '../parts/loaded.tsx';
import { Empty } from '../parts/notice.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Time } from '../parts/time.tsx';
import { OrderHistory, type Step } from './order-history.tsx';
import { OrderLines } from './order-lines.tsx';
import { ordersIn } from './order-news.ts';
import { ClosingButtons, ClosingDialog, type ClosingKind } from './staff-closing.tsx';
import { Copyable } from './staff-copyable.tsx';
import { PersonName } from './staff-name.tsx';
import { names } from './staff-names.ts';
import { StatusBadge, type Order } from './status-badge.tsx';
import './staff-orders.css';

const back = { href: to('staffOrders'), label: 'Orders' };

/** Everything about one order. */
export function StaffOrderPage() {
  const id = place.value.params['id'] ?? '';
  const order = useLoad((signal) => api.getOrder({ id }, { signal }), [id]);
  const history = useLoad((signal) => api.getOrderHistory({ id }, { signal }), [id]);
  const isLive = useFollowed(order, history.again);
  const code = order.problem.value?.code;
  if (!order.value.value && (code === 'notFound' || code === 'invalid')) return <NoOrder id={id} />;
  const value = order.value.value;
  const head = (
    <>
      <LiveMark isLive={isLive} />
      {value && <Closing order={value} onChanged={order.again} />}
    </>
  );
  return (
    <Page title={value?.number ?? 'Order'} back={back} actions={head}>
      <Shown of={order} rows={6} what="The order did not come.">
        {(current) => (
          <div class="columns">
            <div class="stack">
              <Section title="What was ordered">
                <OrderLines order={current} />
              </Section>
              <Section title="What happened">
                <Shown of={history} what="The history did not come.">
                  {({ items }) => <OrderHistory steps={items} more={about} />}
                </Shown>
              </Section>
            </div>
            <Standing order={current} />
          </div>
        )}
      </Shown>
    </Page>
  );
}

/** Reads the order again when the stream tells of it, and after whatever may have been missed. */
function useFollowed(order: Loaded<Order>, historyAgain: () => void): boolean {
  const isLive = useStream({
    topics: ['orders'],
    heard(event) {
      const mine = order.value.peek();
      const isNews = ({ id, version }: Order) => id === mine?.id && version !== mine.version;
      if (ordersIn(event).some(isNews)) order.again();
    },
    again: order.again,
  });
  const version = order.value.value?.version;
  const seen = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (seen.current !== undefined && version !== undefined) historyAgain();
    seen.current = version ?? seen.current;
  }, [version]);
  return isLive.value;
}

type ClosingProps = { order: Order; onChanged: () => void };

function Closing({ order, onChanged }: ClosingProps) {
  const kind = useSignal<ClosingKind | undefined>(undefined);
  const status = useRef<HTMLSpanElement>(null);
  const isKnown = useRef(false);
  return (
    <>
      <span role="status" ref={status} tabIndex={-1}>
        <StatusBadge status={order.status} />
      </span>
      <ClosingButtons
        order={order}
        onChoose={(chosen) => {
          kind.value = chosen;
        }}
      />
      {kind.value && (
        <ClosingDialog
          order={order}
          kind={kind.value}
          onKnown={() => {
            isKnown.current = true;
            onChanged();
          }}
          onClose={() => {
            kind.value = undefined;
            // The button that was pressed goes, and the focus must not get lost with it.
            if (isKnown.current) setTimeout(() => status.current?.focus(), 50);
          }}
        />
      )}
    </>
  );
}

function Standing({ order }: { order: Order }) {
  return (
    <Section title="Order">
      <dl class="facts">
        <dt>Customer</dt>
        <dd>
          <Customer id={order.userId} />
        </dd>
        <dt>Placed</dt>
        <dd>
          <Time at={order.placedAt} />
        </dd>
        <dt>Id</dt>
        <dd>
          <Copyable name="order id" text={order.id} />
        </dd>
      </dl>
    </Section>
  );
}

function Customer({ id }: { id: string }) {
  const person = names.of(id);
  const name = <PersonName id={id} />;
  if (!person) return name;
  return (
    <>
      <a href={`${to('people')}?q=${encodeURIComponent(person.username)}`}>{name}</a>
      <div class="hint">{person.email}</div>
    </>
  );
}

function about({ byUserId, requestId, traceId }: Step) {
  return (
    <dl class="facts staff-step">
      <dt>By</dt>
      <dd>{byUserId ? <PersonName id={byUserId} /> : 'Bazar itself'}</dd>
      <dt>Request</dt>
      <dd>
        <Copyable name="request id" text={requestId} />
      </dd>
      <dt>Trace</dt>
      <dd>
        <Copyable name="trace id" text={traceId} />
      </dd>
    </dl>
  );
}

function NoOrder({ id }: { id: string }) {
  return (
    <Page title="No such order" back={back}>
      <Empty icon="search" title={`There is no order ${id}`}>
        <p>Look at its number again, or find it in the list.</p>
        <ButtonLink href={to('staffOrders')}>All orders</ButtonLink>
      </Empty>
    </Page>
  );
}
