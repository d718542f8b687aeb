import { useSignal } from '@preact/signals';
import type { AppError } from '../../src/platform/errors.ts';
import { number } from '../base/format.ts';
import { api } from '../base/session.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { say } from '../parts/toast.tsx';
import { countOf, signed } from './count.ts';
import { useKeyed } from './keyed.ts';
import { KeyedForm } from './keyed-form.tsx';
import { noteLengthMax, stockMax } from './limits.ts';
import type { Product } from './product.ts';

export type MoveKind = 'restock' | 'correction';

const words = {
  restock: {
    title: 'Restock',
    label: 'How many came in',
    hint: 'They are added to what is there.',
    mistake: 'A whole number, 1 or more',
    yes: 'Restock',
    min: 1,
  },
  correction: {
    title: 'Correct the stock',
    label: 'Change by',
    hint: 'Such as -2 when two are broken, or 3 when three were found.',
    mistake: 'A whole number other than 0',
    yes: 'Correct',
    min: -stockMax,
  },
} as const;

type Props = { product: Product; kind: MoveKind; onMoved: () => void; onClose: () => void };

/** Stock that comes in, or that was counted wrong. */
export function MoveDialog({ product, kind, onMoved, onClose }: Props) {
  const text = useSignal('');
  const note = useSignal('');
  const mistake = useSignal<string | undefined>(undefined);
  const act = useKeyed();
  const { title, label, hint, min, yes } = words[kind];

  async function move(): Promise<void> {
    const delta = countOf(text.value, min, stockMax) ?? 0;
    mistake.value = delta === 0 ? words[kind].mistake : undefined;
    if (delta === 0) return;
    const noted = note.value.trim();
    const input = { id: product.id, delta, reason: kind, ...(noted && { note: noted }) };
    const isMoved = await act.run(async (idempotencyKey) => {
      const moved = await api.addStockMove({ ...input, idempotencyKey });
      say(`${signed(moved.delta, number)} ${product.title}`);
    });
    onMoved();
    if (isMoved) onClose();
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <p class="muted stock-of">{product.title}</p>
      <KeyedForm
        act={act}
        yes={yes}
        onSubmit={() => void move()}
        onClose={onClose}
        refusal={(problem) => tooLittle(problem, product)}
      >
        <Field
          label={label}
          hint={hint}
          inputMode={kind === 'restock' ? 'numeric' : undefined}
          maxLength={12}
          value={text.value}
          error={mistake.value}
          onValue={(value) => {
            text.value = value;
          }}
        />
        <Field
          label="Note"
          hint="For whoever reads the ledger"
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

/** Why less cannot be there: what is promised stays. */
function tooLittle(problem: AppError, { reserved }: Product) {
  if (problem.code !== 'outOfStock') return undefined;
  const { available, asked } = problem.details as { available: number; asked: number };
  return (
    <Notice kind="bad">
      <strong>
        {number(asked)} cannot be taken off: only {number(available)}{' '}
        {available === 1 ? 'is' : 'are'} available.
      </strong>{' '}
      {reserved > 0 && `${number(reserved)} more on the shelf are promised to orders and holds.`}
    </Notice>
  );
}
