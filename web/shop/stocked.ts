import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { AppError } from '../../src/platform/errors.ts';
import { useLoad } from '../base/load.ts';
import { api } from '../base/session.ts';
import { basketLines, placing } from './basket.ts';
import { freshMs, type Product } from './listing.ts';
import { shortLinesIn } from './placing.ts';

/** Many products are asked for less often, so that a full basket stays far below the limits. */
const perProductMs = 150;

type Known = ReadonlyMap<string, Product | undefined>;

/** The products of the basket, as they are now; what is not sold any more is undefined. */
export function useStocked() {
  const ids = basketLines.value.map(({ productId }) => productId);
  // A refusal is news of stock as well, until the next answer.
  const told = useSignal<ReadonlyMap<string, number>>(new Map());
  const loaded = useLoad<Known>(
    async (signal) => {
      const asked = basketLines.peek().map(({ productId }) => productId);
      const found = await Promise.all(
        asked.map(async (id) => [id, await find(id, signal)] as const),
      );
      told.value = new Map();
      return new Map(found);
    },
    [],
    { everyMs: Math.max(freshMs, ids.length * perProductMs) },
  );

  const set = ids.toSorted().join(' ');
  useEffect(() => {
    const isKnown = ids.every((id) => loaded.value.peek()?.has(id));
    if (loaded.value.peek() && !isKnown) loaded.again();
  }, [set]);
  const { value: step } = placing;
  useEffect(() => {
    const short = shortLinesIn(step);
    if (short.length === 0) return;
    told.value = new Map(short.map(({ productId, available }) => [productId, available]));
    loaded.again();
  }, [step]);

  return {
    loaded,
    products: withTold(loaded.value.value, told.value),
  };
}

function withTold(known: Known | undefined, told: ReadonlyMap<string, number>): Known {
  const entries = [...(known ?? [])].map(([id, product]) => {
    const available = told.get(id);
    return [id, product && available !== undefined ? { ...product, available } : product] as const;
  });
  return new Map(entries);
}

async function find(id: string, signal: AbortSignal): Promise<Product | undefined> {
  try {
    return await api.getProduct({ id }, { signal });
  } catch (error) {
    if (error instanceof AppError && error.code === 'notFound') return undefined;
    throw error;
  }
}
