import { useSignalEffect } from '@preact/signals';
import { go, place, to } from '../base/routing.ts';
import { ownAddress } from '../base/places.ts';
import { user } from '../base/session.ts';
import type { Act } from '../parts/act.ts';

/** Where the reader wanted to go before somebody had to be signed in. */
export function nextAddress(): string {
  return ownAddress(new URLSearchParams(location.search).get('next')) ?? to('shop');
}

/** Who is signed in has nothing to do on these pages, unless something is under way there. */
export function useGoingOn({ isBusy, problem }: Act): void {
  useSignalEffect(() => {
    const { page } = place.value;
    const isHere = page === 'signIn' || page === 'register';
    if (user.value && isHere && !isBusy.value && !problem.value) {
      go(nextAddress(), { replace: true });
    }
  });
}
