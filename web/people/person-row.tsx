import { to } from '../base/routing.ts';
import { user, type User } from '../base/session.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { Button, ButtonLink } from '../parts/button.tsx';
import { Time } from '../parts/time.tsx';
import type { Asked } from './person-dialog.tsx';

type Props = { person: User; onAsk: (kind: Asked['kind']) => void };

const roleLooks: Record<User['role'], readonly [word: string, tone: Tone]> = {
  customer: ['Customer', 'neutral'],
  courier: ['Courier', 'info'],
  staff: ['Staff', 'good'],
};

export function PersonRow({ person, onAsk }: Props) {
  const { id, number, username, name, email, role, disabled, createdAt } = person;
  const [word, tone] = roleLooks[role];
  return (
    <tr class={disabled ? 'disabled' : undefined}>
      <td class="number">{number}</td>
      <td>
        <strong>{username}</strong>
        {id === user.value?.id && <span class="muted"> (you)</span>}
        {name && <p class="hint">{name}</p>}
      </td>
      <td class="email">{email}</td>
      <td class="role">
        <Badge tone={tone}>{word}</Badge> {disabled && <Badge tone="bad">Disabled</Badge>}
      </td>
      <td class="since">
        <Time at={createdAt} />
      </td>
      <td class="do">
        <div class="actions">
          <ButtonLink small href={`${to('staffOrders')}?userId=${id}`}>
            Orders<span class="unseen"> of {username}</span>
          </ButtonLink>
          <Button small onPress={() => onAsk('role')}>
            Role<span class="unseen"> of {username}</span>
          </Button>
          {disabled ? (
            <Button small onPress={() => onAsk('enable')}>
              Enable<span class="unseen"> {username}</span>
            </Button>
          ) : (
            <Button small look="danger" onPress={() => onAsk('disable')}>
              Disable<span class="unseen"> {username}</span>
            </Button>
          )}
        </div>
      </td>
    </tr>
  );
}
