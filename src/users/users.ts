import type { Service } from '../platform/api.ts';
import { createAccessTokens } from './access-tokens.ts';
import { createAccountChanges } from './account-changes.ts';
import { createAccounts } from './accounts.ts';
import { createApiKeyExchange } from './api-key-exchange.ts';
import { createApiKeys } from './api-keys.ts';
import type { usersApi } from './api.ts';
import { createLogIn } from './log-in.ts';
import { createNewApiKeys } from './new-api-keys.ts';
import type { Inner, UsersParts } from './parts.ts';
import { createPasswords } from './passwords.ts';
import { securityRecorder } from './security.ts';
import { createSessions } from './sessions.ts';
import type { PublicKey } from './shapes.ts';
import { createStanding } from './standing.ts';
import { openStorage } from './storage.ts';
import { createThrottle } from './throttle.ts';

/** Who there is, who is who, and who may still come in. */
export function createUsers(parts: UsersParts): Service<typeof usersApi> {
  const { database, tokenKeys, cursors, now } = parts;
  const storage = openStorage(database);
  const recordEvent = securityRecorder(parts);
  const inner: Inner = {
    storage,
    passwords: parts.passwords ?? createPasswords(),
    throttle: createThrottle({ attempts: storage.attempts, recordEvent, now }),
    accessTokens: createAccessTokens(tokenKeys),
    recordEvent,
    cursors,
    now,
  };
  return {
    ...createAccounts(inner),
    ...createAccountChanges(inner),
    ...createStanding(inner),
    ...createLogIn(inner),
    ...createSessions(inner),
    ...createNewApiKeys(inner),
    ...createApiKeys(inner),
    ...createApiKeyExchange(inner),
    getTokenKeys: async () => ({ keys: tokenKeys.published as PublicKey[] }),
  };
}
