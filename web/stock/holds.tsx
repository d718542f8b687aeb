import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { number, plural } from '../base/format.ts';
import { useLoad } from '../base/load.ts';
import { api } from '../base/session.ts';
import { useAct } from '../parts/act.ts';
import { Button } from '../parts/button.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { Shown } from '../parts/loaded.tsx';
import { Failure } from '../parts/notice.tsx';
import { Section } from '../parts/page.tsx';
import { Time } from '../parts/time.tsx';
import { say } from '../parts/toast.tsx';
import { HoldDialog } from './hold-dialog.tsx';
import { heldOf, holdsWith, type Hold } from './hold-list.ts';
import type { Product } from './product.ts';

type Props = { product: Product; onChanged: () => void };

/** What of this product is put aside outside of orders. */
export function Holds({ product, onChanged }: Props) {
  const { id, reserved } = product;
  const holds = useLoad((signal) => holdsWith(id, signal), [id]);
  const isHolding = useSignal(false);
  const leaving = useSignal<Hold | undefined>(undefined);
  useEffect(() => {
    if (holds.value.peek()) holds.again();
  }, [reserved]);
  const add = (
    <Button
      small
      onPress={() => {
        isHolding.value = true;
      }}
    >
      Put aside
    </Button>
  );
  return (
    <Section title="Holds" actions={add}>
      <Shown of={holds} rows={2} what="What is put aside could not be read.">
        {({ items, isWhole }) => (
          <>
            <p class="hint">{whereWords(reserved, items, id)}</p>
            <ul class="stock-holds">
              {items.map((hold) => (
                <Line
                  key={hold.id}
                  hold={hold}
                  productId={id}
                  onRelease={() => {
                    leaving.value = hold;
                  }}
                />
              ))}
            </ul>
            {!isWhole && <p class="hint">There are older ones that are not shown here.</p>}
          </>
        )}
      </Shown>
      {isHolding.value && (
        <HoldDialog
          product={product}
          onHeld={onChanged}
          onClose={() => {
            isHolding.value = false;
          }}
        />
      )}
      {leaving.value && (
        <Release
          hold={leaving.value}
          onChanged={onChanged}
          onClose={() => {
            leaving.value = undefined;
          }}
        />
      )}
    </Section>
  );
}

function whereWords(reserved: number, holds: readonly Hold[], productId: string): string {
  const held = holds.reduce((sum, hold) => sum + heldOf(hold, productId), 0);
  // Both were read at moments of their own.
  const ordered = Math.max(0, reserved - held);
  return `Of ${number(reserved)} reserved, ${number(held)} are put aside here and ${number(ordered)} are promised to orders.`;
}

type LineProps = { hold: Hold; productId: string; onRelease: () => void };

function Line({ hold, productId, onRelease }: LineProps) {
  const others = hold.lines.length - 1;
  return (
    <li>
      <div>
        <strong>{number(heldOf(hold, productId))}</strong> {hold.note ?? 'without a note'}
        <p class="hint">
          <Time at={hold.createdAt} />
          {others > 0 && `, with ${plural(others, 'other product')}`}
        </p>
      </div>
      <Button small onPress={onRelease}>
        Give back
      </Button>
    </li>
  );
}

type ReleaseProps = { hold: Hold; onChanged: () => void; onClose: () => void };

function Release({ hold, onChanged, onClose }: ReleaseProps) {
  const act = useAct();
  async function release(): Promise<void> {
    if (!(await act.run(() => api.releaseHold({ id: hold.id })))) return;
    say('Given back');
    onChanged();
    onClose();
  }
  const lines = hold.lines.map(({ productId, quantity }) => `${number(quantity)} of ${productId}`);
  return (
    <Confirm
      title="Give it back?"
      yes="Give back"
      isBusy={act.isBusy.value}
      onYes={() => void release()}
      onClose={onClose}
    >
      {act.problem.value && <Failure problem={act.problem.value} what="It was not done." />}
      <p>Then it can be ordered again: {lines.join(', ')}.</p>
    </Confirm>
  );
}
