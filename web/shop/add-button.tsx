import { Button } from '../parts/button.tsx';
import { say } from '../parts/toast.tsx';
import { addToBasket } from './basket.ts';
import { brief } from './brief.ts';
import type { Product } from './listing.ts';
import { linesMax } from './kept.ts';

type Props = { product: Product; quantity?: number; small?: boolean };

/** Puts a product into the basket. */
export function AddButton({ product, quantity = 1, small = false }: Props) {
  const { id, title, available } = product;
  const words = available > 0 ? 'Add to basket' : 'Sold out';
  return (
    <Button
      look="primary"
      {...(!small && { icon: 'basket' })}
      label={`${words}: ${title}`}
      small={small}
      isDisabled={available === 0}
      onPress={() => add(id, title, quantity)}
    >
      {words}
    </Button>
  );
}

function add(productId: string, title: string, quantity: number): void {
  const added = addToBasket({ productId, quantity });
  if (added === 'added') say(`${brief(title)} is in your basket.`);
  else if (added === 'full') say(`The basket is full: it takes ${linesMax} products.`, 'bad');
  else say('First finish the order in your basket: it was sent and has no answer yet.', 'bad');
}
