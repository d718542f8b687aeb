import { useSignal } from '@preact/signals';
import { plural } from '../base/format.ts';
import { to } from '../base/routing.ts';
import { Button, ButtonLink } from '../parts/button.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { Shown } from '../parts/loaded.tsx';
import { Empty } from '../parts/notice.tsx';
import { Page, Section } from '../parts/page.tsx';
import { say } from '../parts/toast.tsx';
import { basketLines, emptyBasket, isBasketLocked, setQuantity } from './basket.ts';
import { BasketLineItem } from './basket-line.tsx';
import { focusHeading } from './focus.ts';
import { brief } from './brief.ts';
import { useStockNews } from './news.ts';
import { useStocked } from './stocked.ts';
import { Summary } from './summary.tsx';
import './shop.css';
import './basket.css';

/** What is to be ordered, with what it costs and how much is left right now. */
export function BasketPage() {
  const isEmpty = basketLines.value.length === 0;
  return <Page title="Basket">{isEmpty ? <NothingIn /> : <Filled />}</Page>;
}

function NothingIn() {
  return (
    <Empty icon="basket" title="Your basket is empty">
      <p>What you add in the shop waits here, also until tomorrow.</p>
      <ButtonLink href={to('shop')} look="primary">
        Go to the shop
      </ButtonLink>
    </Empty>
  );
}

function Filled() {
  const { loaded, products } = useStocked();
  useStockNews([...products.values()].filter((product) => product !== undefined));
  const lines = basketLines.value;
  return (
    <div class="columns">
      <Section title={plural(lines.length, 'product')} actions={<Emptying />}>
        <Shown of={loaded} rows={lines.length * 2}>
          {() => (
            <ul class="basket-lines">
              {lines.map((line) => (
                <BasketLineItem
                  key={line.productId}
                  line={line}
                  product={products.get(line.productId)}
                  isGone={products.has(line.productId) && !products.get(line.productId)}
                  isLocked={isBasketLocked.value}
                  onRemove={remove}
                />
              ))}
            </ul>
          )}
        </Shown>
      </Section>
      <Summary products={products} />
    </div>
  );
}

function Emptying() {
  const isAsking = useSignal(false);
  if (isBasketLocked.value) return null;
  const close = () => {
    isAsking.value = false;
  };
  return (
    <>
      <Button
        small
        look="quiet"
        onPress={() => {
          isAsking.value = true;
        }}
      >
        Empty basket
      </Button>
      {isAsking.value && (
        <Confirm
          title="Empty the basket?"
          yes="Empty it"
          isBusy={false}
          onYes={() => {
            close();
            emptyBasket();
            focusHeading();
          }}
          onClose={close}
        >
          <p>Everything is taken out of it. Nothing that you have ordered changes.</p>
        </Confirm>
      )}
    </>
  );
}

function remove(productId: string, title: string): void {
  setQuantity(productId, 0);
  say(`${brief(title)} is no longer in your basket.`);
  focusHeading();
}
