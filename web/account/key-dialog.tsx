import { useSignal } from '@preact/signals';
import { api, type User } from '../base/session.ts';
import { useAct } from '../parts/act.ts';
import { Button } from '../parts/button.tsx';
import { Confirm, Dialog } from '../parts/dialog.tsx';
import { Select } from '../parts/field.tsx';
import { Failure } from '../parts/notice.tsx';
import { say } from '../parts/toast.tsx';
import type { ApiKey } from './api-keys.tsx';
import { KeySecret } from './key-secret.tsx';
import { NewKeyForm } from './new-key-form.tsx';

export type Step =
  | { kind: 'make' }
  | { kind: 'rotate' | 'revoke'; key: ApiKey }
  | { kind: 'secret'; name: string; secret: string };

type Props = {
  step: Step;
  role: User['role'];
  onStep: (next: Step) => void;
  onChanged: () => void;
  onClose: () => void;
};

/** One step with keys at a time; a new secret is shown at the end, and only there. */
export function KeyDialog({ step, role, onStep, onChanged, onClose }: Props) {
  const show = ({ name, key }: { name: string; key: string }) => {
    onChanged();
    onStep({ kind: 'secret', name, secret: key });
  };
  if (step.kind === 'secret') {
    const { name, secret } = step;
    return (
      <Dialog key="secret" title={`The secret of ${name}`} onClose={onClose}>
        <KeySecret secret={secret} onClose={onClose} />
      </Dialog>
    );
  }
  if (step.kind === 'make') {
    return (
      <Dialog key="make" title="New API key" onClose={onClose}>
        <NewKeyForm {...{ role, onClose, onLost: onChanged }} onMade={show} />
      </Dialog>
    );
  }
  const { key } = step;
  return step.kind === 'rotate' ? (
    <RotateDialog of={key} onClose={onClose} onLost={onChanged} onMade={show} />
  ) : (
    <RevokeDialog of={key} onClose={onClose} onChanged={onChanged} />
  );
}

type RotateProps = {
  of: ApiKey;
  onClose: () => void;
  onLost: () => void;
  onMade: (made: { name: string; key: string }) => void;
};

const overlaps = [
  ['0', 'Not at all'],
  ['3600', 'For an hour'],
  ['86400', 'For a day'],
  ['604800', 'For a week'],
] as const;

function RotateDialog({ of: { id, name }, onClose, onLost, onMade }: RotateProps) {
  const overlap = useSignal('86400');
  const act = useAct();

  async function rotate(): Promise<void> {
    const overlapSeconds = Number(overlap.value);
    const isDone = await act.run(async () =>
      onMade(await api.rotateApiKey({ id, overlapSeconds })),
    );
    if (!isDone) onLost();
  }

  return (
    <Dialog title={`A new secret for ${name}`} onClose={onClose}>
      <div class="form">
        <p>
          The key gets another secret. While you bring the new one to where it is used, the old one
          can go on working.
        </p>
        {act.problem.value && <Failure problem={act.problem.value} what="Not renewed." />}
        <Select
          label="How long the old one works on"
          value={overlap.value}
          options={overlaps}
          onValue={(value) => {
            overlap.value = value;
          }}
        />
      </div>
      <div class="actions">
        <Button onPress={onClose}>Not now</Button>
        <Button look="primary" isBusy={act.isBusy.value} onPress={() => void rotate()}>
          Make the new secret
        </Button>
      </div>
    </Dialog>
  );
}

type RevokeProps = { of: ApiKey; onClose: () => void; onChanged: () => void };

function RevokeDialog({ of: { id, name }, onClose, onChanged }: RevokeProps) {
  const act = useAct();

  async function revoke(): Promise<void> {
    if (!(await act.run(() => api.revokeApiKey({ id })))) return;
    say(`${name} is revoked`);
    onChanged();
    onClose();
  }

  return (
    <Confirm
      title={`Revoke ${name}`}
      yes="Revoke the key"
      isBusy={act.isBusy.value}
      onYes={() => void revoke()}
      onClose={onClose}
    >
      {act.problem.value && <Failure problem={act.problem.value} what="Not revoked." />}
      <p>Whatever uses this key is refused within seconds. This cannot be taken back.</p>
    </Confirm>
  );
}
