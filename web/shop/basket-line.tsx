import { useRef } from 'preact/hooks';
import { number } from '../base/format.ts';
import { to } from '../base/routing.ts';
import { Button } from '../parts/button.tsx';
import { Cover } from '../parts/cover.tsx';
import { Money } from '../parts/money.tsx';
import { Stepper } from '../parts/stepper.tsx';
import { setQuantity } from './basket.ts';
import { focusHeading } from './focus.ts';
import { quantityMax, type BasketLine } from './kept.ts';
import type { Product } from './listing.ts';
import { Live } from './live.tsx';
import { StockLabel } from './stock-label.tsx';

type Props = {
  line: BasketLine;
  product: Product | undefined;
  /** Whether it is known by now that there is no such product, and not only not yet read. */
  isGone: boolean;
  isLocked: boolean;
  onRemove: (productId: string, title: string) => void;
};

export function BasketLineItem({ line, product, isGone, isLocked, onRemove }: Props) {
  const { productId, quantity } = line;
  const title = product?.title ?? productId;
  const many = useRef<HTMLDivElement>(null);
  return (
    <li class="basket-line">
      <Cover id={productId} topic={product?.topic ?? ''} title={title} />
      <div class="what">
        <h3>
          <a href={to('product', { id: productId })}>{title}</a>
        </h3>
        {product && (
          <State
            line={line}
            product={product}
            isLocked={isLocked}
            onTaken={() => many.current?.querySelector('input')?.focus()}
          />
        )}
        {isGone && (
          <p class="error">This is not sold here any more. Remove it to order the rest.</p>
        )}
      </div>
      <div ref={many} class="many">
        {isLocked ? (
          <span class="number">{number(quantity)} ×</span>
        ) : (
          <Stepper
            label={`Quantity of ${title}`}
            value={quantity}
            min={1}
            max={quantityMax}
            onValue={(value) => setQuantity(productId, value)}
          />
        )}
      </div>
      <strong class="sum">{product && <Money cents={product.unitPriceCents * quantity} />}</strong>
      {!isLocked && (
        <Button
          look="quiet"
          icon="close"
          small
          label={`Remove ${title}`}
          onPress={() => onRemove(productId, title)}
        />
      )}
    </li>
  );
}

type StateProps = {
  line: BasketLine;
  product: Product;
  isLocked: boolean;
  /** The button that was pressed is gone then. */
  onTaken: () => void;
};

function State(props: StateProps) {
  const { unitPriceCents, available } = props.product;
  return (
    <>
      <p class="hint">
        <Live of={unitPriceCents}>
          <Money cents={unitPriceCents} />
        </Live>{' '}
        each · <StockLabel available={available} />
      </p>
      <Shortage {...props} />
    </>
  );
}

/** Less is there than wanted: what can be done about it. */
function Shortage({ line: { productId, quantity }, product, isLocked, onTaken }: StateProps) {
  const { available, title } = product;
  if (available >= quantity) return null;
  const left = available === 0 ? 'none is left' : `only ${number(available)} left`;
  return (
    <div class="shortage">
      <p class="error">
        You asked for {number(quantity)}, {left}.
      </p>
      {!isLocked && (
        <Button
          small
          label={available === 0 ? `Take ${title} out` : `Take ${number(available)} of ${title}`}
          onPress={() => {
            setQuantity(productId, available);
            if (available > 0) onTaken();
            else focusHeading();
          }}
        >
          {available === 0 ? 'Take it out' : `Take ${number(available)}`}
        </Button>
      )}
    </div>
  );
}
