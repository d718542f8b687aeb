import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

type Props = { onSubmit: () => void; children: ComponentChildren };

/** A form in a dialog: it begins with its first field, and goes back to the first that is wrong. */
export function DialogForm({ onSubmit, children }: Props) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // A dialog that opens gives the focus to whatever says so, else to its cross.
    form.current?.querySelector('input')?.setAttribute('autofocus', '');
  }, []);
  return (
    <form
      ref={form}
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
        setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
      }}
    >
      {children}
    </form>
  );
}
