import { useSignal } from '@preact/signals';
import { api, type User } from '../base/session.ts';
import { useAct } from '../parts/act.ts';
import { Button } from '../parts/button.tsx';
import { Check, Field, Select } from '../parts/field.tsx';
import { Refused } from './refused.tsx';
import { scopesFor, type Scope } from './scopes.ts';

type Props = {
  role: User['role'];
  onMade: (made: { name: string; key: string }) => void;
  /** Perhaps one was made whose secret nobody has seen. */
  onLost: () => void;
  onClose: () => void;
};

const expiries = [
  ['30', 'For 30 days'],
  ['90', 'For 90 days'],
  ['365', 'For a year'],
  ['', 'Until it is revoked'],
] as const;

/** What a new key is called, what it may do, and for how long. */
export function NewKeyForm({ role, onMade, onLost, onClose }: Props) {
  const name = useSignal('');
  const vehicleId = useSignal('');
  const days = useSignal('90');
  const chosen = useSignal<readonly Scope[]>([]);
  const act = useAct();
  const offers = scopesFor(role, vehicleId.value !== '');
  const scopes = offers.map(({ scope }) => scope).filter((scope) => chosen.value.includes(scope));

  async function make(): Promise<void> {
    const isDone = await act.run(async () =>
      onMade(
        await api.createApiKey({
          name: name.value.trim(),
          scopes,
          ...(vehicleId.value && { vehicleId: vehicleId.value }),
          ...(days.value && { expiresInDays: Number(days.value) }),
        }),
      ),
    );
    if (!isDone) onLost();
  }

  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (scopes.length > 0) void make();
      }}
    >
      <Refused problem={act.problem.value} what="No key was made." />
      <Field
        label="Name"
        hint="What uses it, so that you know it again."
        required
        maxLength={120}
        autoComplete="off"
        value={name.value}
        onValue={(value) => {
          name.value = value;
        }}
      />
      {role !== 'customer' && (
        <Field
          label="For one vehicle only"
          hint="The id of a vehicle, for a device that reports where it is; empty for all else."
          maxLength={64}
          autoComplete="off"
          value={vehicleId.value}
          onValue={(value) => {
            vehicleId.value = value.trim();
          }}
        />
      )}
      <Allowed
        offers={offers}
        chosen={chosen.value}
        onChoose={(next) => {
          chosen.value = next;
        }}
      />
      <Select
        label="How long it works"
        value={days.value}
        options={expiries}
        onValue={(value) => {
          days.value = value;
        }}
      />
      <div class="actions">
        <Button onPress={onClose}>Not now</Button>
        <Button type="submit" look="primary" isBusy={act.isBusy.value} isDisabled={!scopes[0]}>
          Make the key
        </Button>
      </div>
    </form>
  );
}

type AllowedProps = {
  offers: ReturnType<typeof scopesFor>;
  chosen: readonly Scope[];
  onChoose: (chosen: readonly Scope[]) => void;
};

function Allowed({ offers, chosen, onChoose }: AllowedProps) {
  return (
    <fieldset class="may">
      <legend>What it may do</legend>
      {offers.map(({ scope, words }) => (
        <Check
          key={scope}
          label={words}
          isOn={chosen.includes(scope)}
          onChange={(isOn) => {
            const others = chosen.filter((one) => one !== scope);
            onChoose(isOn ? [...others, scope] : others);
          }}
        />
      ))}
    </fieldset>
  );
}
