import { Notice } from '../parts/notice.tsx';
import { Button } from '../parts/button.tsx';
import { basketLines, placing, setQuantity } from './basket.ts';
import { focusHeading } from './focus.ts';
import type { Product } from './listing.ts';
import { shortLinesIn, unknownIn } from './placing.ts';

type Props = { products: ReadonlyMap<string, Product | undefined> };

/** What came of the last try to order. */
export function PlacingNotice({ products }: Props) {
  const step = placing.value;
  if (step.state === 'unresolved') {
    return (
      <Notice kind="warn">
        <p>
          <strong>We do not know yet whether it was placed.</strong> Nothing is ordered twice: try
          again.
        </p>
        {step.problem && <p>{step.problem.message}</p>}
        <p>Until that is known, the basket stays as it was sent.</p>
      </Notice>
    );
  }
  if (step.state !== 'refused') return null;
  if (step.problem.code === 'outOfStock') return <Short products={products} />;
  if (step.problem.code === 'unknownProduct') return <Unknown />;
  return (
    <Notice kind="bad">
      <strong>Nothing was ordered.</strong> {step.problem.message}
    </Notice>
  );
}

function Short({ products }: Props) {
  const wanted = new Map(basketLines.value.map((line) => [line.productId, line.quantity]));
  const short = shortLinesIn(placing.value).flatMap(({ productId, available }) => {
    const asked = wanted.get(productId) ?? 0;
    const left = products.get(productId)?.available ?? available;
    return left < asked ? [{ productId, asked, left }] : [];
  });
  if (short.length === 0) return null;
  return (
    <Notice kind="bad">
      <p>
        <strong>Nothing was ordered: there is not enough stock.</strong>
      </p>
      <ul>
        {short.map(({ productId, asked, left }) => (
          <li key={productId}>
            {products.get(productId)?.title ?? productId}: asked {asked},{' '}
            {left === 0 ? 'sold out' : `only ${left} left`}
          </li>
        ))}
      </ul>
      <Button
        small
        onPress={() => {
          for (const { productId, left } of short) setQuantity(productId, left);
          focusHeading();
        }}
      >
        Take what is there
      </Button>
    </Notice>
  );
}

function Unknown() {
  const inBasket = new Set(basketLines.value.map(({ productId }) => productId));
  const gone = unknownIn(placing.value).filter((id) => inBasket.has(id));
  if (gone.length === 0) return null;
  return (
    <Notice kind="bad">
      <p>
        <strong>Nothing was ordered.</strong> No longer sold here: {gone.join(', ')}.
      </p>
      <Button
        small
        onPress={() => {
          for (const id of gone) setQuantity(id, 0);
          focusHeading();
        }}
      >
        Remove {gone.length === 1 ? 'it' : 'them'}
      </Button>
    </Notice>
  );
}
