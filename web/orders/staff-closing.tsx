import { useSignal } from '@preact/signals';
import { api } from '../base/session.ts';
import { useAct } from '../parts/act.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Failure, Notice } from '../parts/notice.tsx';
import { say } from '../parts/toast.tsx';
import { statusWord, type Order } from './status-badge.tsx';

export type ClosingKind = 'fulfil' | 'cancel';

const words = {
  fulfil: {
    verb: 'Fulfil',
    yes: 'Fulfil order',
    done: 'is fulfilled',
    meaning: 'It has left the house, and its stock with it. This cannot be taken back.',
  },
  cancel: {
    verb: 'Cancel',
    yes: 'Cancel order',
    done: 'is cancelled',
    meaning: 'Its stock goes back on the shelf by itself. This cannot be taken back.',
  },
} as const;

/** Only what is confirmed can still be ended. */
export const canClose = ({ status }: Order): boolean => status === 'confirmed';

type Props = {
  order: Order;
  kind: ClosingKind;
  /** What the order is now, whoever made it so. */
  onKnown: (order: Order) => void;
  onClose: () => void;
};

/** Asks before an order is ended, and says so when somebody else was faster. */
export function ClosingDialog({ order, kind, onKnown, onClose }: Props) {
  const act = useAct();
  const truth = useSignal<Order | undefined>(undefined);
  const { verb, yes, done, meaning } = words[kind];
  const { number, id } = order;

  async function close(): Promise<void> {
    const isDone = await act.run(async () => {
      onKnown(await (kind === 'fulfil' ? api.fulfilOrder({ id }) : api.cancelOrder({ id })));
    });
    if (isDone) {
      say(`${number} ${done}`);
      onClose();
    } else if (act.problem.value?.code === 'conflict') {
      truth.value = await api.getOrder({ id }).catch(() => undefined);
      if (truth.value) onKnown(truth.value);
    }
  }

  const problem = act.problem.value;
  if (problem?.code === 'conflict') {
    return (
      <Dialog title={`Too late for ${number}`} onClose={onClose}>
        <Notice kind="warn">
          {problem.message}.
          {truth.value && ` It is ${statusWord(truth.value.status).toLowerCase()} now.`}
        </Notice>
        <div class="actions">
          <Button onPress={onClose}>Close</Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={`${verb} ${number}?`} onClose={onClose}>
      {problem && <Failure problem={problem} what="It did not work." />}
      <p>{meaning}</p>
      <div class="actions">
        <Button onPress={onClose}>Not now</Button>
        <Button
          look={kind === 'fulfil' ? 'primary' : 'danger'}
          isBusy={act.isBusy.value}
          onPress={() => void close()}
        >
          {yes}
        </Button>
      </div>
    </Dialog>
  );
}

type ButtonsProps = { order: Order; small?: boolean; onChoose: (kind: ClosingKind) => void };

export function ClosingButtons({ order, small, onChoose }: ButtonsProps) {
  if (!canClose(order)) return null;
  const { number } = order;
  return (
    <>
      <Button
        {...(small ? { small } : { look: 'primary' })}
        label={`Fulfil ${number}`}
        onPress={() => onChoose('fulfil')}
      >
        Fulfil
      </Button>
      <Button
        {...(small && { small })}
        look={small ? 'quiet' : 'danger'}
        label={`Cancel ${number}`}
        onPress={() => onChoose('cancel')}
      >
        Cancel
      </Button>
    </>
  );
}
