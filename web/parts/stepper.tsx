import { useId } from 'preact/hooks';
import { Button } from './button.tsx';

type Props = {
  label: string;
  value: number;
  min: number;
  max: number;
  onValue: (value: number) => void;
};

/** How many: typed, or step by step. */
export function Stepper({ label, value, min, max, onValue }: Props) {
  const id = useId();
  const choose = (wanted: number) => {
    if (Number.isInteger(wanted)) onValue(Math.min(max, Math.max(min, wanted)));
  };
  return (
    <div class="stepper">
      <label for={id} class="unseen">
        {label}
      </label>
      <Button
        small
        icon="minus"
        label={`One less: ${label}`}
        isDisabled={value <= min}
        onPress={() => choose(value - 1)}
      />
      <input
        id={id}
        type="number"
        inputMode="numeric"
        {...{ min, max, value }}
        onChange={(event) => {
          choose(event.currentTarget.valueAsNumber);
          event.currentTarget.value = String(value);
        }}
      />
      <Button
        small
        icon="plus"
        label={`One more: ${label}`}
        isDisabled={value >= max}
        onPress={() => choose(value + 1)}
      />
    </div>
  );
}
