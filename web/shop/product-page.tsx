import { useSignal } from '@preact/signals';
import { useLoad } from '../base/load.ts';
import { place, to } from '../base/routing.ts';
import { api, isStaff } from '../base/session.ts';
import { ButtonLink } from '../parts/button.tsx';
import { Cover } from '../parts/cover.tsx';
import { Shown } from '../parts/loaded.tsx';
import { Money } from '../parts/money.tsx';
import { Empty } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { Stepper } from '../parts/stepper.tsx';
import { AddButton } from './add-button.tsx';
import { basketLines } from './basket.ts';
import { quantityMax } from './kept.ts';
import { freshMs, type Product } from './listing.ts';
import { Live } from './live.tsx';
import { useStockNews } from './news.ts';
import { StockLabel } from './stock-label.tsx';
import './shop.css';

const back = { href: to('shop'), label: 'Shop' };

export function ProductPage() {
  const { id = '' } = place.value.params;
  const loaded = useLoad((signal) => api.getProduct({ id }, { signal }), [id], {
    everyMs: freshMs,
  });
  const product = loaded.value.value;
  useStockNews(product && [product]);
  const code = loaded.problem.value?.code;
  if (!product && (code === 'notFound' || code === 'invalid')) return <Unknown id={id} />;
  return (
    <Page title={product?.title ?? 'Product'} back={back}>
      <Shown of={loaded} rows={6}>
        {(shown) => <Details product={shown} />}
      </Shown>
    </Page>
  );
}

function Details({ product }: { product: Product }) {
  const { id, title, topic, description, unitPriceCents, available } = product;
  const wanted = useSignal(1);
  const max = Math.max(1, Math.min(available, quantityMax));
  const quantity = Math.min(wanted.value, max);
  return (
    <div class="card details">
      <Cover {...{ id, topic, title }} />
      <div class="about">
        <p class="topic">
          <a href={`${to('shop')}?topic=${encodeURIComponent(topic)}`}>{topic}</a>
        </p>
        <p class="price">
          <Live of={unitPriceCents}>
            <Money cents={unitPriceCents} />
          </Live>
          <StockLabel available={available} />
        </p>
        <p class="description">{description || 'There is no description yet.'}</p>
        <div class="actions">
          {available > 0 && (
            <Stepper
              label={`Quantity of ${title}`}
              value={quantity}
              min={1}
              max={max}
              onValue={(value) => {
                wanted.value = value;
              }}
            />
          )}
          <AddButton product={product} quantity={quantity} />
          <InBasket id={id} />
        </div>
        {isStaff.value && (
          <p>
            <ButtonLink href={to('stockItem', { id })} icon="stock" small>
              Manage its stock
            </ButtonLink>
          </p>
        )}
      </div>
    </div>
  );
}

function InBasket({ id }: { id: string }) {
  const line = basketLines.value.find(({ productId }) => productId === id);
  return line ? <a href={to('basket')}>{line.quantity} in your basket</a> : null;
}

function Unknown({ id }: { id: string }) {
  return (
    <Page title="There is no such product" back={back}>
      <Empty icon="search" title="Nothing is sold under this number">
        <p>
          The shop knows no product <code>{id}</code>. The address may be mistyped.
        </p>
        <ButtonLink href={to('shop')}>See what there is</ButtonLink>
      </Empty>
    </Page>
  );
}
