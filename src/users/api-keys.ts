import { limitDefault, type Service } from '../platform/api.ts';
import { AppError } from '../platform/errors.ts';
import { accountIdFor, loggedIn, type SignedIn } from './access.ts';
import type { usersApi } from './api.ts';
import { pageOf } from '../platform/pages.ts';
import type { Inner } from './parts.ts';
import { hashSecret, newSecret, writeSecret } from './secrets.ts';
import { secondsAfter } from './time.ts';

type Operations = Pick<Service<typeof usersApi>, 'listApiKeys' | 'rotateApiKey' | 'revokeApiKey'>;

const overlapSecondsDefault = 86_400;

/** The life of an API key after it was made. */
export function createApiKeys({ storage, cursors, recordEvent, now }: Inner): Operations {
  return {
    async listApiKeys({ userId, limit = limitDefault, cursor }, call) {
      const caller = loggedIn(call);
      const accountId = accountIdFor(caller, userId ?? caller.id);
      const list = `apiKeys ${accountId}`;
      const beforeId = cursor === undefined ? null : String(cursors.decode(list, cursor)[0]);
      const range = { accountId, now: now(), beforeId, limit: limit + 1 };
      const found = await storage.apiKeys.list(range);
      return pageOf(found, { limit, cursor: ({ id }) => cursors.encode(list, [id]) });
    },

    async rotateApiKey({ id, overlapSeconds = overlapSecondsDefault }, call) {
      const accountId = ownerFor(loggedIn(call));
      const at = now();
      const secret = newSecret();
      const key = await storage.apiKeys.rotate({
        id,
        accountId,
        secretHash: hashSecret(secret),
        now: at,
        previousExpiresAt: secondsAfter(at, overlapSeconds),
      });
      if (!key) throw noSuchKey();
      recordEvent('apiKeyRotated', call, { targetId: key.userId, apiKeyId: id });
      return { ...key, key: writeSecret('bzk', { id, secret }) };
    },

    async revokeApiKey({ id }, call) {
      const revoked = await storage.apiKeys.revoke(id, ownerFor(loggedIn(call)), now());
      if (!revoked) throw noSuchKey();
      recordEvent('apiKeyRevoked', call, { targetId: revoked.userId, apiKeyId: id });
      return null;
    },
  };
}

/** Whose keys somebody may reach; null is everybody's. */
function ownerFor({ id, role }: SignedIn): string | null {
  return role === 'staff' ? null : id;
}

function noSuchKey(): AppError {
  return new AppError('notFound', 'There is no such API key');
}
