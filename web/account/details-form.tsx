import { useSignal } from '@preact/signals';
import { AppError } from '../../src/platform/errors.ts';
import { api, type User } from '../base/session.ts';
import { useAct } from '../parts/act.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { Section } from '../parts/page.tsx';
import { say } from '../parts/toast.tsx';
import { changesBetween, type Details } from './changes.ts';
import { fieldError } from './field-error.ts';
import { Refused, useWrongField } from './refused.tsx';

type Props = { account: User; onChange: (changed: User) => void };

const detailsOf = ({ username, email, name = '' }: User): Details => ({ username, email, name });

/** Names of an account; what was changed elsewhere meanwhile is shown before it is overwritten. */
export function DetailsForm({ account, onChange }: Props) {
  const typed = useSignal(detailsOf(account));
  const elsewhere = useSignal<Details | undefined>(undefined);
  const act = useAct();
  const form = useWrongField(act.problem.value);
  const change = (changed: Partial<Details>) => {
    typed.value = { ...typed.value, ...changed };
  };

  async function save(): Promise<void> {
    const changes = changesBetween(detailsOf(account), typed.value);
    try {
      const changed = await api.changeUser({ id: 'me', ifMatch: account.version, ...changes });
      elsewhere.value = undefined;
      typed.value = detailsOf(changed);
      onChange(changed);
      say('Your details are saved');
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'preconditionFailed') throw error;
      const now = await api.getUser({ id: 'me' });
      elsewhere.value = detailsOf(now);
      onChange(now);
    }
  }

  const isChanged = Object.keys(changesBetween(detailsOf(account), typed.value)).length > 0;
  return (
    <Section title="Details">
      <form
        ref={form}
        class="form inner"
        onSubmit={(event) => {
          event.preventDefault();
          if (isChanged) void act.run(save);
        }}
      >
        {elsewhere.value && (
          <ChangedElsewhere
            now={elsewhere.value}
            onTake={() => {
              typed.value = detailsOf(account);
              elsewhere.value = undefined;
            }}
          />
        )}
        <Refused
          problem={act.problem.value}
          what="Not saved."
          fields={['username', 'email', 'name']}
        />
        <Fields details={typed.value} problem={act.problem.value} onChange={change} />
        <div class="actions">
          <Button
            type="submit"
            look="primary"
            isBusy={act.isBusy.value}
            isDisabled={!isChanged && !act.isBusy.value}
          >
            Save
          </Button>
        </div>
      </form>
    </Section>
  );
}

type FieldsProps = {
  details: Details;
  problem: AppError | undefined;
  onChange: (changed: Partial<Details>) => void;
};

function Fields({ details: { username, email, name }, problem, onChange }: FieldsProps) {
  return (
    <>
      <Field
        label="Name"
        hint="How you are called. It may stay empty."
        name="name"
        autoComplete="name"
        maxLength={120}
        value={name}
        error={fieldError(problem, 'name')}
        onValue={(value) => onChange({ name: value })}
      />
      <Field
        label="E-mail address"
        type="email"
        name="email"
        autoComplete="email"
        required
        maxLength={254}
        value={email}
        error={fieldError(problem, 'email')}
        onValue={(value) => onChange({ email: value })}
      />
      <Field
        label="Username"
        name="username"
        autoComplete="username"
        required
        maxLength={80}
        value={username}
        error={fieldError(problem, 'username')}
        onValue={(value) => onChange({ username: value })}
      />
    </>
  );
}

function ChangedElsewhere({ now, onTake }: { now: Details; onTake: () => void }) {
  return (
    <Notice kind="warn">
      <p>
        Nothing is saved yet: the account was changed elsewhere since you opened this page. Now it
        says:
      </p>
      <dl class="facts">
        <dt>Name</dt>
        <dd>{now.name || 'none'}</dd>
        <dt>E-mail</dt>
        <dd>{now.email}</dd>
        <dt>Username</dt>
        <dd>{now.username}</dd>
      </dl>
      <p>Save again to put yours in its place.</p>
      <Button small onPress={onTake}>
        Keep it as it is now
      </Button>
    </Notice>
  );
}
