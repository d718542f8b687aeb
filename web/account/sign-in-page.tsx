import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { go, to } from '../base/routing.ts';
import { signIn, wasLost } from '../base/session.ts';
import { useAct } from '../parts/act.ts';
import { Button } from '../parts/button.tsx';
import { Check, Field } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import './account.css';
import { useGoingOn } from './entry.ts';
import { logInOf } from './link.ts';
import { PasswordField } from './password-field.tsx';
import { Refused } from './refused.tsx';

/** Stands also in the place of a page for which somebody must be signed in, and then gives way. */
export function SignInPage() {
  const login = useSignal('');
  const password = useSignal('');
  const stays = useSignal(true);
  const act = useAct();

  const enter = (name: string, secret: string) =>
    act.run(() => signIn(name.trim(), secret, stays.value));

  useEffect(() => {
    const carried = logInOf(location.hash);
    if (!carried) return;
    // The password must not stay in the address bar or the history.
    go(`${location.pathname}${location.search}`, { replace: true });
    login.value = carried.login;
    void enter(carried.login, carried.password);
  }, []);
  useGoingOn(act);

  return (
    <Page title="Sign in">
      <form
        class="card form entry"
        onSubmit={(event) => {
          event.preventDefault();
          void enter(login.value, password.value);
        }}
      >
        {wasLost.value && <Notice>Your session is over. Sign in to go on where you were.</Notice>}
        <Refused problem={act.problem.value} what="Not signed in." />
        <Field
          label="Username or e-mail address"
          name="username"
          autoComplete="username"
          required
          maxLength={254}
          value={login.value}
          onValue={(value) => {
            login.value = value;
          }}
        />
        <PasswordField
          label="Password"
          name="password"
          autoComplete="current-password"
          maxLength={1_000}
          value={password.value}
          onValue={(value) => {
            password.value = value;
          }}
        />
        <Check
          label="Stay signed in on this device"
          isOn={stays.value}
          onChange={(isOn) => {
            stays.value = isOn;
          }}
        />
        <Button type="submit" look="primary" isBusy={act.isBusy.value}>
          Sign in
        </Button>
        <p class="hint">
          New here? <a href={`${to('register')}${location.search}`}>Open an account</a>. It takes a
          minute.
        </p>
      </form>
    </Page>
  );
}
