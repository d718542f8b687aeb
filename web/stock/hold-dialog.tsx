import { useSignal } from '@preact/signals';
import type { AppError } from '../../src/platform/errors.ts';
import { number } from '../base/format.ts';
import { api } from '../base/session.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { say } from '../parts/toast.tsx';
import { countOf } from './count.ts';
import { useKeyed } from './keyed.ts';
import { KeyedForm } from './keyed-form.tsx';
import { holdMax, noteLengthMax } from './limits.ts';
import type { Product } from './product.ts';

type Props = { product: Product; onHeld: () => void; onClose: () => void };

/** Puts stock aside, so that nobody can order it. */
export function HoldDialog({ product, onHeld, onClose }: Props) {
  const text = useSignal('1');
  const note = useSignal('');
  const mistake = useSignal<string | undefined>(undefined);
  const act = useKeyed();

  async function hold(): Promise<void> {
    const quantity = countOf(text.value, 1, holdMax);
    mistake.value = quantity === undefined ? 'A whole number, 1 or more' : undefined;
    if (quantity === undefined) return;
    const noted = note.value.trim();
    const lines = [{ productId: product.id, quantity }];
    const isHeld = await act.run((idempotencyKey) =>
      api.createHold({ lines, ...(noted && { note: noted }), idempotencyKey }),
    );
    onHeld();
    if (!isHeld) return;
    say(`${number(quantity)} put aside`);
    onClose();
  }

  return (
    <Dialog title="Put aside" onClose={onClose}>
      <p class="muted stock-of">{product.title}</p>
      <KeyedForm
        act={act}
        yes="Put aside"
        onSubmit={() => void hold()}
        onClose={onClose}
        refusal={tooLittle}
      >
        <Field
          label="How many"
          hint={`${number(product.available)} are available now.`}
          inputMode="numeric"
          maxLength={7}
          value={text.value}
          error={mistake.value}
          onValue={(value) => {
            text.value = value;
          }}
        />
        <Field
          label="Note"
          hint="For whom, or why"
          maxLength={noteLengthMax}
          value={note.value}
          onValue={(value) => {
            note.value = value;
          }}
        />
      </KeyedForm>
    </Dialog>
  );
}

function tooLittle(problem: AppError) {
  if (problem.code !== 'outOfStock') return undefined;
  const [short] = (problem.details as { lines: { available: number; asked: number }[] }).lines;
  return (
    <Notice kind="bad">
      <strong>
        {number(short?.asked ?? 0)} cannot be put aside: only {number(short?.available ?? 0)} are
        available.
      </strong>
    </Notice>
  );
}
