import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { copy } from '../parts/copy.ts';
import { Notice } from '../parts/notice.tsx';

/** A secret that nobody can be shown again. */
export function KeySecret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const told = useSignal('');

  async function take(): Promise<void> {
    input.current?.select();
    told.value = (await copy(secret)) ? 'Copied' : 'It is selected: copy it with Ctrl+C';
  }

  return (
    <>
      <Notice kind="warn">
        This is shown once. Copy it now to where it is used; Bazar itself keeps only its hash.
      </Notice>
      <div class="field">
        <input ref={input} aria-label="Secret" class="mono" readOnly value={secret} />
        <p class="hint" role="status">
          {told}
        </p>
      </div>
      <div class="actions">
        <Button icon="copy" onPress={() => void take()}>
          Copy
        </Button>
        <Button look="primary" onPress={onClose}>
          I have it
        </Button>
      </div>
    </>
  );
}
