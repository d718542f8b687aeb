import { number } from '../base/format.ts';
import { to } from '../base/routing.ts';
import { Cover } from '../parts/cover.tsx';
import { Money } from '../parts/money.tsx';
import { AddButton } from './add-button.tsx';
import { basketLines } from './basket.ts';
import type { Product } from './listing.ts';
import { Live } from './live.tsx';
import { StockLabel } from './stock-label.tsx';

/** A product among others. */
export function ProductCard({ product }: { product: Product }) {
  const { id, title, topic, unitPriceCents, available } = product;
  const inBasket = basketLines.value.find(({ productId }) => productId === id)?.quantity;
  return (
    <li class="card product">
      <Cover {...{ id, topic, title }} />
      <div class="about">
        <p class="topic">{topic}</p>
        <h2>
          <a href={to('product', { id })}>{title}</a>
        </h2>
        <p class="price">
          <Live of={unitPriceCents}>
            <Money cents={unitPriceCents} />
          </Live>
          <StockLabel available={available} />
        </p>
        <div class="buy">
          <AddButton product={product} small />
          {inBasket !== undefined && <span class="hint">{number(inBasket)} in basket</span>}
        </div>
      </div>
    </li>
  );
}
