import { useSignal } from '@preact/signals';
import { api, type User } from '../base/session.ts';
import { Button } from '../parts/button.tsx';
import { Waiting } from '../parts/notice.tsx';
import { Section } from '../parts/page.tsx';
import { More, usePages } from '../parts/pager.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { KeyDialog, type Step } from './key-dialog.tsx';
import { wordsOf } from './scopes.ts';

export type ApiKey = Awaited<ReturnType<typeof api.listApiKeys>>['items'][number];

/** What speaks for this account without its password. */
export function ApiKeys({ role }: { role: User['role'] }) {
  const pages = usePages(
    (cursor, signal) => api.listApiKeys({ cursor, limit: 50 }, { signal }),
    [],
  );
  const step = useSignal<Step | undefined>(undefined);
  const take = (next: Step | undefined) => {
    step.value = next;
  };
  return (
    <Section
      title="API keys"
      actions={
        <Button icon="plus" onPress={() => take({ kind: 'make' })}>
          New key
        </Button>
      }
    >
      <p class="muted">
        With a key a program or a device asks Bazar in your name, without your password. It can do
        what you allow it, until you revoke it.
      </p>
      {!pages.items && !pages.problem && <Waiting rows={2} />}
      {pages.items?.length === 0 && <p>You have no keys.</p>}
      {pages.items && pages.items.length > 0 && (
        <Table caption="API keys" columns={['Name', 'May', 'Made', 'Last used', 'Works until', '']}>
          {pages.items.map((key) => (
            <Row key={key.id} of={key} onStep={take} />
          ))}
        </Table>
      )}
      <More pages={pages} />
      {step.value && (
        <KeyDialog
          step={step.value}
          role={role}
          onStep={take}
          onChanged={pages.again}
          onClose={() => take(undefined)}
        />
      )}
    </Section>
  );
}

type RowProps = { of: ApiKey; onStep: (step: Step) => void };

function Row({ of: key, onStep }: RowProps) {
  const { name, scopes, vehicleId, createdAt, lastUsedAt, expiresAt, previousExpiresAt } = key;
  return (
    <tr class="key">
      <td>
        <strong>{name}</strong>
        {vehicleId && <p class="hint">for vehicle {vehicleId} only</p>}
      </td>
      <td class="may" data-label="May">
        <ul>
          {scopes.map((scope) => (
            <li key={scope}>{wordsOf(scope)}</li>
          ))}
        </ul>
      </td>
      <td data-label="Made">
        <Time at={createdAt} />
      </td>
      <td data-label="Last used">
        {lastUsedAt ? <Time at={lastUsedAt} /> : <span class="muted">never</span>}
      </td>
      <td data-label="Works until">
        {expiresAt ? <Time at={expiresAt} /> : 'it is revoked'}
        {previousExpiresAt && (
          <p class="hint">
            its old secret until <Time at={previousExpiresAt} />
          </p>
        )}
      </td>
      <td>
        <KeyActions of={key} onStep={onStep} />
      </td>
    </tr>
  );
}

function KeyActions({ of: key, onStep }: RowProps) {
  return (
    <div class="actions">
      <Button small onPress={() => onStep({ kind: 'rotate', key })}>
        Renew<span class="unseen"> {key.name}</span>
      </Button>
      <Button small look="danger" onPress={() => onStep({ kind: 'revoke', key })}>
        Revoke<span class="unseen"> {key.name}</span>
      </Button>
    </div>
  );
}
