import { about } from '../base/about.ts';
import { money } from '../base/format.ts';

/** An amount in the currency of the shop, or in the one it was agreed in. */
export function Money({ cents, currency }: { cents: number; currency?: string }) {
  const code = currency ?? about.value?.currency;
  return <span class="money">{code ? money(cents, code) : '…'}</span>;
}
