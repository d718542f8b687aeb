import { useSignal } from '@preact/signals';
import { api, user, type User } from '../base/session.ts';
import { useAct } from '../parts/act.ts';
import { Button } from '../parts/button.tsx';
import { Confirm, Dialog } from '../parts/dialog.tsx';
import { Select } from '../parts/field.tsx';
import { Failure } from '../parts/notice.tsx';
import { say } from '../parts/toast.tsx';
import { roles } from './filters.ts';

export type Asked = { kind: 'role' | 'disable' | 'enable'; person: User };

type Props = { asked: Asked; onChanged: (changed: User) => void; onClose: () => void };

/** Asks before it changes what somebody may do. */
export function PersonDialog({ asked, ...rest }: Props) {
  if (asked.kind === 'role') return <RoleDialog {...rest} person={asked.person} />;
  if (asked.kind === 'enable') return <EnableDialog {...rest} person={asked.person} />;
  return <DisableDialog {...rest} person={asked.person} />;
}

type OneProps = Omit<Props, 'asked'> & { person: User };

const roleOptions = [
  ['customer', 'Customer: shops'],
  ['courier', 'Courier: shops, and sees their vehicles'],
  ['staff', 'Staff: runs the shop, and may do everything'],
] as const;

function RoleDialog({ person, onChanged, onClose }: OneProps) {
  const { id, username } = person;
  const chosen = useSignal(person.role);
  const act = useAct();
  const isOwn = id === user.value?.id;

  async function change(): Promise<void> {
    const isDone = await act.run(async () =>
      onChanged(await api.setRole({ id, role: chosen.value })),
    );
    if (!isDone) return;
    say(`${username} is ${chosen.value} now`);
    onClose();
  }

  return (
    <Dialog title={`Role of ${username}`} onClose={onClose}>
      <div class="form">
        {act.problem.value && <Failure problem={act.problem.value} what="Not changed." />}
        <Select
          label="Role"
          value={chosen.value}
          options={roleOptions}
          onValue={(value) => {
            chosen.value = roles.find((role) => role === value) ?? person.role;
          }}
        />
        <p>
          {isOwn
            ? 'This is you: your sessions end, and what you may do changes at once.'
            : 'Another role ends all sessions of this account; they sign in again.'}
        </p>
      </div>
      <div class="actions">
        <Button onPress={onClose}>Not now</Button>
        <Button
          look="primary"
          isBusy={act.isBusy.value}
          isDisabled={chosen.value === person.role}
          onPress={() => void change()}
        >
          Change the role
        </Button>
      </div>
    </Dialog>
  );
}

function DisableDialog({ person: { id, username }, onChanged, onClose }: OneProps) {
  const act = useAct();

  async function disable(): Promise<void> {
    if (!(await act.run(async () => onChanged(await api.disableUser({ id }))))) return;
    say(`${username} is disabled`);
    onClose();
  }

  return (
    <Confirm
      title={`Disable ${username}`}
      yes="Disable the account"
      isBusy={act.isBusy.value}
      onYes={() => void disable()}
      onClose={onClose}
    >
      {act.problem.value && <Failure problem={act.problem.value} what="Not disabled." />}
      <p>
        All sessions of this account end, its keys stop working, and nobody can sign in with it.
        Orders stay as they are. You can enable it again.
      </p>
      {id === user.value?.id && <p>This is your own account: you will be signed out.</p>}
    </Confirm>
  );
}

function EnableDialog({ person: { id, username }, onChanged, onClose }: OneProps) {
  const act = useAct();

  async function enable(): Promise<void> {
    if (!(await act.run(async () => onChanged(await api.enableUser({ id }))))) return;
    say(`${username} is enabled again`);
    onClose();
  }

  return (
    <Dialog title={`Enable ${username}`} onClose={onClose}>
      {act.problem.value && <Failure problem={act.problem.value} what="Not enabled." />}
      <p>They can sign in again with the password that they had, and their keys work again.</p>
      <div class="actions">
        <Button onPress={onClose}>Not now</Button>
        <Button look="primary" isBusy={act.isBusy.value} onPress={() => void enable()}>
          Enable the account
        </Button>
      </div>
    </Dialog>
  );
}
