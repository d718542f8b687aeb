import { useSignal } from '@preact/signals';
import { AppError } from '../../src/platform/errors.ts';
import { api, type User } from '../base/session.ts';
import { useAct } from '../parts/act.ts';
import { Button } from '../parts/button.tsx';
import { Section } from '../parts/page.tsx';
import { say } from '../parts/toast.tsx';
import { fieldError } from './field-error.ts';
import { PasswordField } from './password-field.tsx';
import { Refused, useWrongField } from './refused.tsx';

type Props = {
  account: User;
  onChange: (changed: User) => void;
  /** The account was changed elsewhere. */
  onStale: () => void;
};

/** A new password, for who knows the current one. */
export function PasswordForm({ account, onChange, onStale }: Props) {
  const currentPassword = useSignal('');
  const password = useSignal('');
  const act = useAct();
  const form = useWrongField(act.problem.value);

  async function save(): Promise<void> {
    const given = { currentPassword: currentPassword.value, password: password.value };
    try {
      onChange(await api.changeUser({ id: 'me', ifMatch: account.version, ...given }));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'preconditionFailed') throw error;
      say('The account was changed elsewhere. Look at it, then try again.', 'bad');
      onStale();
      return;
    }
    currentPassword.value = '';
    password.value = '';
    say('Your password is changed, and your other sessions have ended');
  }

  const errorOf = (field: string) => fieldError(act.problem.value, field);
  return (
    <Section title="Password">
      <form
        ref={form}
        class="form inner"
        onSubmit={(event) => {
          event.preventDefault();
          void act.run(save);
        }}
      >
        <Refused
          problem={act.problem.value}
          what="Not changed."
          fields={['password', 'currentPassword']}
        />
        {/* So that a password manager knows whose password it is. */}
        <input type="hidden" name="username" autoComplete="username" value={account.username} />
        <PasswordField
          label="Current password"
          name="current-password"
          autoComplete="current-password"
          maxLength={1_000}
          value={currentPassword.value}
          error={errorOf('currentPassword')}
          onValue={(value) => {
            currentPassword.value = value;
          }}
        />
        <PasswordField
          label="New password"
          name="new-password"
          autoComplete="new-password"
          hint="At least 8 characters. Every other session of yours ends; this one stays."
          minLength={8}
          maxLength={128}
          value={password.value}
          error={errorOf('password')}
          onValue={(value) => {
            password.value = value;
          }}
        />
        <div class="actions">
          <Button type="submit" look="primary" isBusy={act.isBusy.value}>
            Change the password
          </Button>
        </div>
      </form>
    </Section>
  );
}
