import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Button } from './button.tsx';

type Props = { title: string; onClose: () => void; children: ComponentChildren };

/** Asks for something before anything else; Escape and the cross close it. */
export function Dialog({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <div class="head">
        <h2 id={id}>{title}</h2>
        <Button look="quiet" icon="close" label="Close" onPress={onClose} />
      </div>
      {children}
    </dialog>
  );
}

type ConfirmProps = {
  title: string;
  yes: string;
  isBusy: boolean;
  onYes: () => void;
  onClose: () => void;
  children: ComponentChildren;
};

/** Asks whether something is meant that cannot be taken back. */
export function Confirm({ title, yes, isBusy, onYes, onClose, children }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <div class="actions">
        <Button onPress={onClose}>Not now</Button>
        <Button look="danger" isBusy={isBusy} onPress={onYes}>
          {yes}
        </Button>
      </div>
    </Dialog>
  );
}
