import { useSignal } from '@preact/signals';
import type { AppError } from '../../src/platform/errors.ts';
import { plural } from '../base/format.ts';
import { api } from '../base/session.ts';
import { useAct } from '../parts/act.ts';
import { Button } from '../parts/button.tsx';
import { Confirm } from '../parts/dialog.tsx';
import type { Order } from './status-badge.tsx';

export type Outcome = { problem: AppError | undefined };

type Props = { order: Order; onOutcome: (outcome: Outcome) => void };

/** Asks first, and goes on asking when the order is closed by others meanwhile. */
export function CancelOrder({ order, onOutcome }: Props) {
  const isAsking = useSignal(false);
  const act = useAct();
  const items = order.lines.reduce((sum, { quantity }) => sum + quantity, 0);

  async function cancel(): Promise<void> {
    await act.run(() => api.cancelOrder({ id: order.id }));
    isAsking.value = false;
    onOutcome({ problem: act.problem.peek() });
  }

  return (
    <>
      {order.status === 'confirmed' && (
        <Button
          small
          look="danger"
          onPress={() => {
            isAsking.value = true;
          }}
        >
          Cancel the order
        </Button>
      )}
      {isAsking.value && (
        <Confirm
          title={`Cancel order ${order.number}?`}
          yes="Cancel the order"
          isBusy={act.isBusy.value}
          onYes={() => void cancel()}
          onClose={() => {
            isAsking.value = false;
          }}
        >
          <p>
            {plural(items, 'item')} in it {items === 1 ? 'goes' : 'go'} back into stock for others.
            This cannot be undone.
          </p>
        </Confirm>
      )}
    </>
  );
}
