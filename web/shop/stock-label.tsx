import { number } from '../base/format.ts';
import { Live } from './live.tsx';

const fewMax = 5;

/** How many can still be ordered. */
export function StockLabel({ available }: { available: number }) {
  const tone = available === 0 ? 'out' : available <= fewMax ? 'few' : 'plenty';
  return (
    <span class={`stock ${tone}`}>
      <Live of={available}>{wordsOf(available)}</Live>
    </span>
  );
}

function wordsOf(available: number): string {
  if (available === 0) return 'Sold out';
  return available <= fewMax ? `Only ${number(available)} left` : `${number(available)} left`;
}
