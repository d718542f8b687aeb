import { useEffect, useRef } from 'preact/hooks';
import { number } from '../base/format.ts';
import { say } from '../parts/toast.tsx';
import { basketLines } from './basket.ts';
import { brief } from './brief.ts';
import type { Product } from './listing.ts';

/** Says when there is no longer enough of something that is in the basket. */
export function useStockNews(products: readonly Product[] | undefined): void {
  const before = useRef<ReadonlyMap<string, number>>(new Map());
  useEffect(() => {
    if (!products) return;
    for (const { id, title, available } of products) {
      const wanted = basketLines.peek().find(({ productId }) => productId === id)?.quantity ?? 0;
      const wasEnough = (before.current.get(id) ?? 0) >= wanted;
      if (wasEnough && available < wanted) say(shortage(title, available), 'bad');
    }
    before.current = new Map(products.map(({ id, available }) => [id, available]));
  }, [products]);
}

function shortage(title: string, available: number): string {
  return available === 0
    ? `${brief(title)}, which is in your basket, has just sold out.`
    : `Of ${brief(title)} in your basket only ${number(available)} are left.`;
}
