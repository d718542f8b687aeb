import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { useLoad, type Loaded } from '../base/load.ts';
import { place, to } from '../base/routing.ts';
import { api } from '../base/session.ts';
import { useStream } from '../base/stream.ts';
import { ButtonLink } from '../parts/button.tsx';
import { Shown } from '../parts/loaded.tsx';
import { Empty, Failure, Notice } from '../parts/notice.tsx';
import { Page, Section } from '../parts/page.tsx';
import { arrival } from '../shop/place-order.ts';
import { CancelOrder, type Outcome } from './cancel-order.tsx';
import { OrderHistory, type Step } from './order-history.tsx';
import { OrderLines } from './order-lines.tsx';
import { ordersIn } from './order-news.ts';
import { StatusBadge, type Order } from './status-badge.tsx';

type Whole = { order: Order; steps: readonly Step[] };

const back = { href: to('orders'), label: 'My orders' };

/** One order of this customer: what it is, what became of it, and the way to take it back. */
export function OrderPage() {
  const { id = '' } = place.value.params;
  const loaded = useLoad((signal) => read(id, signal), [id]);
  useNews(loaded);
  const whole = loaded.value.value;
  const code = loaded.problem.value?.code;
  if (!whole && (code === 'notFound' || code === 'invalid')) return <Unknown />;
  return (
    <Page title={whole ? `Order ${whole.order.number}` : 'Order'} back={back}>
      <Shown of={loaded} rows={6}>
        {(shown) => <Details whole={shown} again={loaded.again} />}
      </Shown>
    </Page>
  );
}

async function read(id: string, signal: AbortSignal): Promise<Whole> {
  const [order, { items }] = await Promise.all([
    api.getOrder({ id }, { signal }),
    api.getOrderHistory({ id }, { signal }),
  ]);
  return { order, steps: items };
}

/** What the stream tells may come before the answer that it makes old, or after. */
function useNews(loaded: Loaded<Whole>): void {
  const news = useSignal<readonly Order[]>([]);
  useStream({
    topics: ['orders'],
    heard: (event) => {
      news.value = ordersIn(event);
    },
  });
  const shown = loaded.value.value?.order;
  useEffect(() => {
    const heard = news.value.find(({ id }) => id === shown?.id);
    if (!shown || !heard) return;
    news.value = [];
    if (Number(heard.version) > Number(shown.version)) loaded.again();
  }, [news.value, shown]);
}

function Details({ whole: { order, steps }, again }: { whole: Whole; again: () => void }) {
  const outcome = useSignal<Outcome | undefined>(undefined);
  useEffect(
    () => () => {
      // Whoever comes back knows it.
      arrival.value = undefined;
    },
    [],
  );
  return (
    <>
      {arrival.value?.id === order.id && order.status === 'confirmed' && (
        <Welcome was={arrival.value.was} />
      )}
      <Result outcome={outcome.value} />
      <div class="columns">
        <Section
          title="What you ordered"
          actions={
            <CancelOrder
              order={order}
              onOutcome={(result) => {
                outcome.value = result;
                again();
              }}
            />
          }
        >
          <OrderLines order={order} />
        </Section>
        <Section title="What happened" actions={<StatusBadge status={order.status} />}>
          <OrderHistory steps={steps} />
        </Section>
      </div>
    </>
  );
}

function Welcome({ was }: { was: 'placed' | 'placedBefore' }) {
  return was === 'placed' ? (
    <Notice kind="good">
      <strong>Thank you, your order is placed.</strong> Everything in it is put aside for you.
    </Notice>
  ) : (
    <Notice kind="warn">
      <strong>This was ordered already.</strong> If you do not want it, cancel it here.
    </Notice>
  );
}

/** Takes the focus, because the button that led to it may be gone. */
function Result({ outcome }: { outcome: Outcome | undefined }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (outcome) element.current?.focus();
  }, [outcome]);
  return (
    <div ref={element} tabIndex={-1} class="result">
      {outcome?.problem && <Failure problem={outcome.problem} what="Not cancelled." />}
      {outcome && !outcome.problem && (
        <Notice kind="good">Cancelled. What was in it goes back to the shop.</Notice>
      )}
    </div>
  );
}

function Unknown() {
  return (
    <Page title="There is no such order" back={back}>
      <Empty icon="orders" title="You have no order under this number">
        <p>Perhaps it was placed with another account.</p>
        <ButtonLink href={to('orders')}>See your orders</ButtonLink>
      </Empty>
    </Page>
  );
}
