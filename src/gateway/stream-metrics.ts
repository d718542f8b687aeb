import { Counter, Gauge } from 'prom-client';
import type { Metrics } from '../platform/metrics.ts';

/** What is to be known about live streams, apart from what is known of every request. */
export function createStreamMetrics({ registry }: Pick<Metrics, 'registry'>) {
  const registers = [registry];
  return {
    open: new Gauge({ name: 'bazar_streams_open', help: 'Live streams with a reader', registers }),
    begun: new Counter({
      name: 'bazar_streams_begun_total',
      help: 'Live streams, by what they began with',
      labelNames: ['with'],
      registers,
    }),
    behind: (count: () => number) =>
      new Gauge({
        name: 'bazar_streams_behind',
        help: 'Live streams whose reader has yet to read what was written, and gets nothing more',
        registers,
        collect() {
          this.set(count());
        },
      }),
    shortened: new Counter({
      name: 'bazar_streams_shortened_total',
      help: 'Times that a slow reader was told only the newest of each thing',
      registers,
    }),
    tooSlow: new Counter({
      name: 'bazar_streams_too_slow_total',
      help: 'Live streams cut off because their reader was too slow',
      registers,
    }),
  };
}
