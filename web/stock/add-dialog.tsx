import { useSignal } from '@preact/signals';
import { go, to } from '../base/routing.ts';
import { api } from '../base/session.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { say } from '../parts/toast.tsx';
import { countOf } from './count.ts';
import { emptyDraft, fields, inputOf, mistakesIn, type Mistakes } from './draft.ts';
import { useKeyed } from './keyed.ts';
import { KeyedForm } from './keyed-form.tsx';
import { stockMax } from './limits.ts';
import { ProductFields } from './product-fields.tsx';

const idForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

type AllMistakes = Mistakes & { id?: string; quantity?: string };

/** A new product, with its first stock. */
export function AddDialog({ onClose }: { onClose: () => void }) {
  const draft = useSignal(emptyDraft);
  const id = useSignal('');
  const quantity = useSignal('0');
  const mistakes = useSignal<AllMistakes>({});
  const act = useKeyed();

  async function add(): Promise<void> {
    const count = countOf(quantity.value, 0, stockMax);
    const wanted = id.value.trim();
    mistakes.value = {
      ...mistakesIn(draft.value),
      ...(count === undefined && { quantity: 'A whole number, 0 or more' }),
      ...(wanted && !idForm.test(wanted) && { id: 'Letters, digits, ".", "_" and "-"' }),
    };
    if (Object.keys(mistakes.value).length > 0) return;
    const {
      title = '',
      topic = '',
      description,
      unitPriceCents = 0,
    } = inputOf(draft.value, fields);
    const given = { title, topic, unitPriceCents, quantity: count };
    const more = { ...(description && { description }), ...(wanted && { id: wanted }) };
    await act.run(async (idempotencyKey) => {
      const product = await api.createProduct({ ...given, ...more, idempotencyKey });
      say(`Added ${product.title}`);
      go(to('stockItem', { id: product.id }));
    });
  }

  return (
    <Dialog title="Add a product" onClose={onClose}>
      <KeyedForm act={act} yes="Add product" onSubmit={() => void add()} onClose={onClose}>
        <ProductFields draft={draft} mistakes={mistakes.value} />
        <div class="stock-pair">
          <Field
            label="In stock at first"
            inputMode="numeric"
            maxLength={10}
            value={quantity.value}
            error={mistakes.value.quantity}
            onValue={(value) => {
              quantity.value = value;
            }}
          />
          <Field
            label="Id, if you have one"
            hint="Else Bazar makes one"
            maxLength={64}
            value={id.value}
            error={mistakes.value.id}
            onValue={(value) => {
              id.value = value;
            }}
          />
        </div>
      </KeyedForm>
    </Dialog>
  );
}
