import { useSignal } from '@preact/signals';
import { api } from '../base/session.ts';
import { useAct } from '../parts/act.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Failure } from '../parts/notice.tsx';
import { say } from '../parts/toast.tsx';
import { changedFields, clashOf, draftOf, inputOf, mistakesIn, type Mistakes } from './draft.ts';
import { Clash } from './clash.tsx';
import { DialogForm } from './dialog-form.tsx';
import type { Product } from './product.ts';
import { ProductFields } from './product-fields.tsx';

type Props = { product: Product; onSaved: () => void; onClose: () => void };

/** Changes a product as it was when this was opened; whoever was faster is not overwritten unseen. */
export function EditDialog({ product, onSaved, onClose }: Props) {
  const read = useSignal(product).peek();
  const draft = useSignal(draftOf(product));
  const mistakes = useSignal<Mistakes>({});
  const theirs = useSignal<Product | undefined>(undefined);
  const act = useAct();

  function done(words: string): void {
    say(words);
    onSaved();
    onClose();
  }

  async function save({ version }: Product): Promise<void> {
    mistakes.value = mistakesIn(draft.value);
    if (Object.keys(mistakes.value).length > 0) return;
    const changed = changedFields(draftOf(read), draft.value);
    if (changed.length === 0) return onClose();
    const input = { id: read.id, ifMatch: version, ...inputOf(draft.value, changed) };
    if (await act.run(() => api.changeProduct(input))) return done('Saved');
    const problem = act.problem.value;
    if (problem?.code !== 'preconditionFailed') return;
    const { product: current } = problem.details as { product: Product };
    // An answer that got lost, most likely: what was wanted is there.
    if (clashOf(draftOf(read), draft.value, draftOf(current)).both.length === 0) {
      return done('Saved');
    }
    theirs.value = current;
  }

  const problem = act.problem.value;
  if (theirs.value) {
    const current = theirs.value;
    return (
      <Dialog key="clash" title="Somebody was faster" onClose={onClose}>
        <Clash read={draftOf(read)} mine={draft.value} theirs={draftOf(current)} />
        {problem && problem.code !== 'preconditionFailed' && <Failure problem={problem} />}
        <div class="actions">
          <Button onPress={() => done('Left as it is now')}>Take theirs</Button>
          <Button look="primary" isBusy={act.isBusy.value} onPress={() => void save(current)}>
            Keep mine
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title="Change the product" onClose={onClose}>
      <DialogForm onSubmit={() => void save(read)}>
        {problem && <Failure problem={problem} what="It was not saved." />}
        <ProductFields draft={draft} mistakes={mistakes.value} />
        <div class="actions stock-actions">
          <Button onPress={onClose}>Not now</Button>
          <Button type="submit" look="primary" isBusy={act.isBusy.value}>
            Save
          </Button>
        </div>
      </DialogForm>
    </Dialog>
  );
}
