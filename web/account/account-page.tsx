import { useSignal } from '@preact/signals';
import { useLoad } from '../base/load.ts';
import { go, to } from '../base/routing.ts';
import { api, rename, signOut, type User } from '../base/session.ts';
import { useAct } from '../parts/act.ts';
import { Badge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { Shown } from '../parts/loaded.tsx';
import { Failure } from '../parts/notice.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Time } from '../parts/time.tsx';
import './account.css';
import { ApiKeys } from './api-keys.tsx';
import { DetailsForm } from './details-form.tsx';
import { PasswordForm } from './password-form.tsx';

/** Who somebody is to Bazar, and what speaks for them. */
export function AccountPage() {
  const loaded = useLoad((signal) => api.getUser({ id: 'me' }, { signal }), []);
  const act = useAct();

  async function leave(): Promise<void> {
    if (await act.run(signOut)) go(to('shop'));
  }

  return (
    <Page
      title="Account"
      actions={
        <Button icon="leave" isBusy={act.isBusy.value} onPress={() => void leave()}>
          Sign out
        </Button>
      }
    >
      {act.problem.value && <Failure problem={act.problem.value} what="Not signed out." />}
      <Shown of={loaded} rows={6} what="Your account could not be loaded.">
        {(first) => <Account key={first.version} first={first} again={loaded.again} />}
      </Shown>
    </Page>
  );
}

function Account({ first, again }: { first: User; again: () => void }) {
  const account = useSignal(first);
  const change = (changed: User) => {
    account.value = changed;
    rename(changed);
  };
  return (
    <div class="stack">
      <WhoIAm account={account.value} />
      <div class="halves">
        <DetailsForm account={account.value} onChange={change} />
        <PasswordForm account={account.value} onChange={change} onStale={again} />
      </div>
      <ApiKeys role={account.value.role} />
    </div>
  );
}

const roleWords: Record<User['role'], string> = {
  customer: 'Customer',
  courier: 'Courier',
  staff: 'Staff',
};

function WhoIAm({ account }: { account: User }) {
  const { username, name, email, role, createdAt, number } = account;
  const facts = [
    ['Username', username],
    ['E-mail', email],
    ['Role', <Badge tone="info">{roleWords[role]}</Badge>],
    ['Since', <Time at={createdAt} />],
    ['Number', number],
  ] as const;
  return (
    <Section title={name ?? username}>
      <dl class="row">
        {facts.map(([what, fact]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{fact}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
