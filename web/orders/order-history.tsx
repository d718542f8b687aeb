import type { ComponentChildren } from 'preact';
import type { api } from '../base/session.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { Time } from '../parts/time.tsx';
import type { Status } from './status-badge.tsx';
import './orders.css';

export type Step = Awaited<ReturnType<typeof api.getOrderHistory>>['items'][number];

type Props = {
  steps: readonly Step[];
  /** Says more about a step, such as who did it. */
  more?: (step: Step) => ComponentChildren;
};

const looks: Record<Status, readonly [icon: IconName, words: string]> = {
  confirmed: ['check', 'Placed and confirmed'],
  fulfilled: ['truck', 'Fulfilled: it has left the house'],
  cancelled: ['close', 'Cancelled: its stock goes back'],
};

/** What happened to an order, first things first. */
export function OrderHistory({ steps, more }: Props) {
  return (
    <ol class="history">
      {steps.map((step) => {
        const [icon, words] = looks[step.status];
        return (
          <li key={step.status} class={step.status}>
            <Icon name={icon} />
            <div>
              <strong>{words}</strong>
              <p class="hint">
                <Time at={step.at} />
              </p>
              {more?.(step)}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
