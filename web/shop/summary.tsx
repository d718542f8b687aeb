import { plural } from '../base/format.ts';
import { to } from '../base/routing.ts';
import { isSettled, user } from '../base/session.ts';
import { Button, ButtonLink } from '../parts/button.tsx';
import { Money } from '../parts/money.tsx';
import { Waiting } from '../parts/notice.tsx';
import { Section } from '../parts/page.tsx';
import { basketCount, basketLines, isBasketLocked, placing } from './basket.ts';
import { focusHeading } from './focus.ts';
import type { Product } from './listing.ts';
import { callOff, placeOrder } from './place-order.ts';
import { PlacingNotice } from './placing-notice.tsx';

type Props = { products: ReadonlyMap<string, Product | undefined> };

/** What it comes to, and the way to order it. */
export function Summary({ products }: Props) {
  const lines = basketLines.value;
  const isComplete = lines.every(({ productId }) => products.get(productId));
  const cents = lines.reduce(
    (sum, { productId, quantity }) =>
      sum + (products.get(productId)?.unitPriceCents ?? 0) * quantity,
    0,
  );
  return (
    <Section title="Your order">
      <PlacingNotice products={products} />
      <p class="total">
        <span>{plural(basketCount.value, 'item')}</span>
        <strong>{isComplete ? <Money cents={cents} /> : '…'}</strong>
      </p>
      <Order />
      <p class="hint">
        All of it is ordered, or nothing. The prices are those of the moment in which you order.
      </p>
    </Section>
  );
}

function Order() {
  const { state } = placing.value;
  if (!user.value && !isSettled.value) return <Waiting rows={1} />;
  if (!user.value) {
    return (
      <div class="order">
        <ButtonLink look="primary" href={`${to('signIn')}?next=${to('basket')}`}>
          {state === 'unresolved' ? 'Sign in to find out' : 'Sign in to order'}
        </ButtonLink>
        <p class="hint">Your basket stays as it is.</p>
      </div>
    );
  }
  const { id } = user.value;
  const isOpen = state === 'unresolved' || state === 'callingOff';
  return (
    <div class="order">
      <Button
        look="primary"
        isBusy={state === 'placing'}
        isDisabled={state === 'callingOff'}
        onPress={() => void placeOrder(id)}
      >
        {isOpen ? 'Try again' : 'Place the order'}
      </Button>
      {isOpen && (
        <Button isBusy={state === 'callingOff'} onPress={() => void giveUp()}>
          Do not order
        </Button>
      )}
    </div>
  );
}

async function giveUp(): Promise<void> {
  await callOff();
  if (!isBasketLocked.value) focusHeading();
}
