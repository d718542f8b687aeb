import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

type Props = {
  label: string;
  hint?: string;
  error?: string | undefined;
  name: string;
  autoComplete: 'current-password' | 'new-password';
  minLength?: number;
  maxLength?: number;
  value: string;
  onValue: (value: string) => void;
};

/** A password, which can be looked at while it is typed. */
export function PasswordField({ label, hint, error, value, onValue, ...rest }: Props) {
  const id = useId();
  const isShown = useSignal(false);
  const more = error ?? hint;
  // The types know each kind of input apart, and not one that is either.
  const kind = { type: isShown.value ? 'text' : 'password' } as { type: 'password' };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="secret">
        <input
          {...rest}
          id={id}
          {...kind}
          required
          spellcheck={false}
          autocapitalize="none"
          value={value}
          aria-invalid={error ? true : undefined}
          aria-describedby={more ? `${id}-more` : undefined}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
        <button
          type="button"
          class="button quiet small"
          aria-controls={id}
          aria-pressed={isShown.value}
          onClick={() => {
            isShown.value = !isShown.value;
          }}
        >
          Show<span class="unseen"> what is typed</span>
        </button>
      </div>
      {more && (
        <p id={`${id}-more`} class={error ? 'error' : 'hint'}>
          {more}
        </p>
      )}
    </div>
  );
}
