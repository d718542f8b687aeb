import type { Signal } from '@preact/signals';
import { about } from '../base/about.ts';
import { Area, Field } from '../parts/field.tsx';
import type { Draft, Mistakes } from './draft.ts';

type Props = { draft: Signal<Draft>; mistakes: Mistakes };

/** What a product is called, says and costs. */
export function ProductFields({ draft, mistakes }: Props) {
  const { title, topic, description, price } = draft.value;
  const set = (change: Partial<Draft>) => {
    draft.value = { ...draft.peek(), ...change };
  };
  const currency = about.value?.currency;
  return (
    <>
      <Field
        label="Title"
        maxLength={200}
        value={title}
        error={mistakes.title}
        onValue={(value) => set({ title: value })}
      />
      <div class="stock-pair">
        <Field
          label={currency ? `Price in ${currency}` : 'Price'}
          inputMode="decimal"
          maxLength={14}
          value={price}
          error={mistakes.price}
          onValue={(value) => set({ price: value })}
        />
        <Field
          label="Topic"
          maxLength={80}
          value={topic}
          error={mistakes.topic}
          onValue={(value) => set({ topic: value })}
        />
      </div>
      <Area
        label="Description"
        maxLength={2_000}
        rows={4}
        value={description}
        onValue={(value) => set({ description: value })}
      />
    </>
  );
}
