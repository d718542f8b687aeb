import { computed, signal } from '@preact/signals';
import { user } from '../base/session.ts';
import { readKept, withMore, withQuantity, writeKept, type BasketLine, type Kept } from './kept.ts';
import { after, attemptIn, idle, isLocked, type Event, type Placing } from './placing.ts';

const storageKey = 'bazar.basket';

const kept = readStorage();
const current = signal<readonly BasketLine[]>(kept.lines);
const step = signal<Placing>(after(idle, { kind: 'heard', attempt: kept.attempt }));

export const basketLines = computed(() => current.value);
export const basketCount = computed(() =>
  current.value.reduce((sum, { quantity }) => sum + quantity, 0),
);
/** How far the order has come; what is open for somebody else does not bind this user. */
export const placing = computed(() => {
  const attempt = attemptIn(step.value);
  return user.value && attempt && attempt.userId !== user.value.id ? idle : step.value;
});
export const isBasketLocked = computed(() => isLocked(placing.value));

export type Added = 'added' | 'full' | 'locked';

export function addToBasket(wanted: BasketLine): Added {
  follow();
  if (isBasketLocked.value) return 'locked';
  const lines = withMore(current.value, wanted);
  if (lines) keep(lines, placing.value);
  return lines ? 'added' : 'full';
}

/** None of it takes the line out. */
export function setQuantity(productId: string, quantity: number): void {
  follow();
  if (!isBasketLocked.value) keep(withQuantity(current.value, productId, quantity), placing.value);
}

export function emptyBasket(): void {
  follow();
  if (!isBasketLocked.value) keep([], idle);
}

/** Takes the order a step further and keeps that, before anything is sent; or it stays as it is. */
export function advance(event: Event): Placing | undefined {
  follow();
  const next = after(step.value, event);
  if (next === step.value) return undefined;
  keep(current.value, next);
  return next;
}

/** It is ordered: the basket is empty, unless another page has put something new in it since. */
export function finish(key: string): void {
  const isStillThis = readStorage().attempt?.key === key;
  follow();
  keep(isStillThis ? [] : current.value, after(step.value, { kind: 'ordered' }));
}

/** Another page of this browser may have changed the basket since this one looked. */
function follow(): void {
  const { lines, attempt } = readStorage();
  current.value = lines;
  step.value = after(step.value, { kind: 'heard', attempt });
}

function keep(lines: readonly BasketLine[], next: Placing): void {
  localStorage.setItem(storageKey, writeKept({ lines, attempt: attemptIn(next) }));
  current.value = lines;
  step.value = next;
}

function readStorage(): Kept {
  return readKept(localStorage.getItem(storageKey));
}

addEventListener('storage', ({ key }) => {
  // Without a key everything was cleared.
  if (key === storageKey || key === null) follow();
});
