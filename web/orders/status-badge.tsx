import type { api } from '../base/session.ts';
import { Badge, type Tone } from '../parts/badge.tsx';

export type Order = Awaited<ReturnType<typeof api.getOrder>>;
export type Status = Order['status'];

const looks: Record<Status, readonly [tone: Tone, word: string]> = {
  confirmed: ['info', 'Confirmed'],
  fulfilled: ['good', 'Fulfilled'],
  cancelled: ['neutral', 'Cancelled'],
};

export const statusWord = (status: Status): string => looks[status][1];

/** What has become of an order until now. */
export function StatusBadge({ status }: { status: Status }) {
  const [tone, word] = looks[status];
  return <Badge tone={tone}>{word}</Badge>;
}
