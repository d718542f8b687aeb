import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import { api } from '../base/session.ts';
import { useLoad } from '../base/load.ts';
import { useTyped } from '../base/typing.ts';
import { Button } from '../parts/button.tsx';
import { PersonName } from './staff-name.tsx';
import { names } from './staff-names.ts';
import type { Person } from './staff-people.ts';

type Props = { userId: string | undefined; onChoose: (userId: string | undefined) => void };

/** Whose orders: somebody who is chosen, or a field in which to look for them. */
export function CustomerField({ userId, onChoose }: Props) {
  if (userId === undefined) return <Finder onChoose={onChoose} />;
  return (
    <div class="field">
      <span class="staff-label">Customer</span>
      <span class="staff-chosen">
        <PersonName id={userId} />
        <Button
          small
          look="quiet"
          icon="close"
          label="Orders of every customer"
          onPress={() => onChoose(undefined)}
        />
      </span>
    </div>
  );
}

const foundMax = 8;

function Finder({ onChoose }: Pick<Props, 'onChoose'>) {
  const id = useId();
  const q = useSignal('');
  const at = useSignal(0);
  const typed = useTyped(q.value, (text) => {
    q.value = text;
    at.value = 0;
  });
  const found = useLoad<{ items: Person[] }>(
    async (signal) =>
      q.value === '' ? { items: [] } : api.listUsers({ q: q.value, limit: foundMax }, { signal }),
    [q.value],
  );
  const people = found.value.value?.items ?? [];
  useEffect(() => names.learn(people), [found.value.value]);
  const isOpen = q.value !== '' && found.value.value !== undefined;
  const choose = (person: Person | undefined) => person && onChoose(person.id);

  function press(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) at.value = Math.min(people.length - 1, Math.max(0, at.value + step));
    else if (event.key === 'Enter') choose(people[at.value]);
    else if (event.key === 'Escape') q.value = '';
    else return;
    event.preventDefault();
  }

  return (
    <div class="field staff-finder">
      <label>
        Customer
        <input
          // The types know only a combobox with a list of the browser's own.
          {...({ role: 'combobox', type: 'search', 'aria-expanded': isOpen } as { type: 'search' })}
          autoComplete="off"
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={isOpen && people[at.value] ? `${id}-${at.value}` : undefined}
          maxLength={254}
          placeholder="Username or e-mail"
          value={typed.text}
          onInput={(event) => typed.type(event.currentTarget.value)}
          onKeyDown={press}
        />
      </label>
      <div class="staff-found" hidden={!isOpen}>
        <div id={id} role="listbox" aria-label="Customers">
          {people.map((person, i) => (
            <Found
              key={person.id}
              id={`${id}-${i}`}
              person={person}
              isAt={i === at.value}
              onPress={() => choose(person)}
            />
          ))}
        </div>
        {isOpen && people.length === 0 && <p role="status">Nobody has such a name or address</p>}
      </div>
    </div>
  );
}

type FoundProps = { id: string; person: Person; isAt: boolean; onPress: () => void };

/** The field keeps the focus and has the keys; this is for the pointer. */
function Found({ id, person, isAt, onPress }: FoundProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div id={id} role="option" tabIndex={-1} aria-selected={isAt} onClick={onPress}>
      <strong>{person.username}</strong>
      <span class="muted">{person.email}</span>
    </div>
  );
}
