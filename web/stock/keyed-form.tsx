import type { ComponentChildren } from 'preact';
import type { AppError } from '../../src/platform/errors.ts';
import { Button } from '../parts/button.tsx';
import { Failure, Notice } from '../parts/notice.tsx';
import { DialogForm } from './dialog-form.tsx';
import type { useKeyed } from './keyed.ts';

type Props = {
  act: ReturnType<typeof useKeyed>;
  yes: string;
  onSubmit: () => void;
  onClose: () => void;
  /** Says more about a refusal than its own words. */
  refusal?: (problem: AppError) => ComponentChildren;
  children: ComponentChildren;
};

/** A form whose sending counts once: with no answer it stays as it was sent, to be sent again. */
export function KeyedForm({ act, yes, onSubmit, onClose, refusal, children }: Props) {
  const problem = act.problem.value;
  const own = problem && refusal?.(problem);
  return (
    <DialogForm onSubmit={onSubmit}>
      {problem && act.isUnsure && (
        <Notice kind="warn">
          <strong>No answer came.</strong> It may have been done or not. Try again: it is done once,
          however often you try.
        </Notice>
      )}
      {problem && !act.isUnsure && (own ?? <Failure problem={problem} what="It was not done." />)}
      <fieldset class="stock-once" disabled={act.isUnsure}>
        {children}
      </fieldset>
      <div class="actions stock-actions">
        <Button onPress={onClose}>{act.isUnsure ? 'Close' : 'Not now'}</Button>
        <Button type="submit" look="primary" isBusy={act.isBusy.value}>
          {act.isUnsure ? 'Try again' : yes}
        </Button>
      </div>
    </DialogForm>
  );
}
