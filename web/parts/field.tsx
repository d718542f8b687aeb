import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

type Common = { label: string; hint?: string; error?: string | undefined; hideLabel?: boolean };

type InputProps = Common & {
  value: string;
  onValue: (value: string) => void;
  type?: 'text' | 'email' | 'number' | 'search' | 'datetime-local' | 'range' | 'password';
  name?: string;
  required?: boolean;
  minLength?: number;
  maxLength?: number;
  min?: number | string;
  max?: number | string;
  step?: number | string;
  placeholder?: string;
  autoComplete?: string;
  inputMode?: 'numeric' | 'decimal' | 'search';
};

/** A labelled input; what is wrong with it is said below and read out with it. */
export function Field({ label, hint, error, hideLabel, value, onValue, ...rest }: InputProps) {
  const id = useId();
  return (
    <Labelled {...{ id, label, hint, error, hideLabel }}>
      <input
        // The types know each kind of input apart, and not one that is any of them.
        {...(rest as { type: 'text' })}
        id={id}
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={hint || error ? `${id}-more` : undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </Labelled>
  );
}

type AreaProps = Common & {
  value: string;
  onValue: (value: string) => void;
  maxLength?: number;
  rows?: number;
};

/** A field for more than one line. */
export function Area({ label, hint, error, hideLabel, value, onValue, ...rest }: AreaProps) {
  const id = useId();
  return (
    <Labelled {...{ id, label, hint, error, hideLabel }}>
      <textarea
        {...rest}
        id={id}
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={hint || error ? `${id}-more` : undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </Labelled>
  );
}

type SelectProps = Common & {
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onValue: (value: string) => void;
};

export function Select({ label, hint, error, hideLabel, value, options, onValue }: SelectProps) {
  const id = useId();
  return (
    <Labelled {...{ id, label, hint, error, hideLabel }}>
      <select id={id} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        {options.map(([option, text]) => (
          <option key={option} value={option} selected={option === value}>
            {text}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

type LabelledProps = {
  id: string;
  label: string;
  hint: string | undefined;
  error: string | undefined;
  hideLabel: boolean | undefined;
  children: ComponentChildren;
};

function Labelled({ id, label, hint, error, hideLabel, children }: LabelledProps) {
  return (
    <div class="field">
      <label for={id} class={hideLabel ? 'unseen' : undefined}>
        {label}
      </label>
      {children}
      {(hint ?? error) && (
        <p id={`${id}-more`} class={error ? 'error' : 'hint'}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

type CheckProps = { label: string; isOn: boolean; onChange: (isOn: boolean) => void };

export function Check({ label, isOn, onChange }: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={isOn}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {label}
    </label>
  );
}
