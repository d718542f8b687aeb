import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { to } from '../base/routing.ts';
import { api, signIn } from '../base/session.ts';
import { useAct } from '../parts/act.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Page } from '../parts/page.tsx';
import './account.css';
import { useGoingOn } from './entry.ts';
import { fieldError } from './field-error.ts';
import { PasswordField } from './password-field.tsx';
import { Refused, useWrongField } from './refused.tsx';
import { createRegistering } from './registering.ts';

const fields = ['username', 'email', 'password'];

/** Opens an account, and signs in with it. */
export function RegisterPage() {
  const typed = useSignal({ username: '', email: '', password: '' });
  const change = (changed: Partial<typeof typed.value>) => {
    typed.value = { ...typed.value, ...changed };
  };
  const act = useAct();
  const form = useWrongField(act.problem.value);
  useGoingOn(act);
  const register = useMemo(
    () =>
      createRegistering({
        register: () => api.register(typed.value),
        enter: () => signIn(typed.value.username, typed.value.password, true),
      }),
    [],
  );

  const { username, email, password } = typed.value;
  const errorOf = (field: string) => fieldError(act.problem.value, field);
  return (
    <Page title="Open an account">
      <form
        ref={form}
        class="card form entry"
        onSubmit={(event) => {
          event.preventDefault();
          void act.run(register);
        }}
      >
        <Refused problem={act.problem.value} {...{ fields }} />
        <Field
          label="Username"
          name="username"
          autoComplete="username"
          hint="Letters, digits, dots and dashes. Others may see it."
          required
          maxLength={80}
          value={username}
          error={errorOf('username')}
          onValue={(value) => change({ username: value.trim() })}
        />
        <Field
          label="E-mail address"
          name="email"
          type="email"
          autoComplete="email"
          required
          maxLength={254}
          value={email}
          error={errorOf('email')}
          onValue={(value) => change({ email: value.trim() })}
        />
        <PasswordField
          label="Password"
          name="new-password"
          autoComplete="new-password"
          hint="At least 8 characters. A few words make a good one."
          minLength={8}
          maxLength={128}
          value={password}
          error={errorOf('password')}
          onValue={(value) => change({ password: value })}
        />
        <Button type="submit" look="primary" isBusy={act.isBusy.value}>
          Open the account
        </Button>
        <p class="hint">
          You have one? <a href={`${to('signIn')}${location.search}`}>Sign in</a>.
        </p>
      </form>
    </Page>
  );
}
