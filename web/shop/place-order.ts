import { signal } from '@preact/signals';
import { newKey } from '../base/key.ts';
import { refusalOf } from '../base/load.ts';
import { go, place, to } from '../base/routing.ts';
import { api } from '../base/session.ts';
import { say } from '../parts/toast.tsx';
import { advance, basketLines, finish } from './basket.ts';

type Order = Awaited<ReturnType<typeof api.placeOrder>>;

type Arrival = { id: string; was: 'placed' | 'placedBefore' };

/** The order that was placed from this basket just now, or was found when it was called off. */
export const arrival = signal<Arrival | undefined>(undefined);

/** Orders the basket; tried again after no answer, it is the same order. */
export async function placeOrder(userId: string): Promise<void> {
  const begun = advance({ kind: 'tried', userId, newKey: newKey() });
  if (begun?.state !== 'placing') return;
  const { key } = begun.attempt;
  try {
    const lines = [...basketLines.value];
    const order = await api.placeOrder({ lines, idempotencyKey: key });
    arrive(order, key, 'placed');
  } catch (error) {
    advance({ kind: 'failed', problem: refusalOf(error) });
  }
}

/** Makes sure that nothing more is ordered; what was ordered already is shown. */
export async function callOff(): Promise<void> {
  const begun = advance({ kind: 'givenUp' });
  if (begun?.state !== 'callingOff') return;
  const { key } = begun.attempt;
  try {
    const { order } = await api.abortOrder({ key });
    if (order) return arrive(order, key, 'placedBefore');
    advance({ kind: 'voided' });
    say('Nothing was ordered. Your basket is as it was.');
  } catch (error) {
    advance({ kind: 'failed', problem: refusalOf(error) });
  }
}

function arrive({ id, number }: Order, key: string, was: Arrival['was']): void {
  finish(key);
  if (place.value.page !== 'basket') return say(`Your order ${number} is placed.`);
  arrival.value = { id, was };
  go(to('order', { id }), { replace: true });
}
