import { timingSafeEqual } from 'node:crypto';
import type { Service } from '../platform/api.ts';
import { AppError } from '../platform/errors.ts';
import { serviceOnly } from '../platform/call.ts';
import type { UsableKey } from './api-key-store.ts';
import type { usersApi } from './api.ts';
import type { Inner } from './parts.ts';
import { usableScopes } from './scopes.ts';
import { hashSecret, readSecret, type HeldSecret } from './secrets.ts';

type Operations = Pick<Service<typeof usersApi>, 'exchangeApiKey'>;

const keyTokenSeconds = 60;

/** Turns an API key into a token that every service understands. */
export function createApiKeyExchange(inner: Inner): Operations {
  const { storage, accessTokens, recordEvent, now } = inner;

  async function ownerOf(held: HeldSecret | undefined): Promise<UsableKey | undefined> {
    const key = held && (await storage.apiKeys.usable(held.id, now()));
    return key && fits(key, held.secret) ? key : undefined;
  }

  return {
    async exchangeApiKey({ key }, call) {
      serviceOnly(call);
      const held = readSecret('bzk', key);
      const owner = await ownerOf(held);
      if (!held || !owner) {
        recordEvent('apiKeyRefused', call, held && { apiKeyId: held.id });
        throw new AppError('unauthorized', 'The API key is not valid');
      }
      await storage.apiKeys.touch(held.id, now());
      const { userId, role, vehicleId } = owner;
      // The owner may have lost a role since, and the key loses with it.
      const scopes = usableScopes(role, owner.scopes);
      const bearer = {
        userId,
        sessionId: held.id,
        role,
        scopes,
        ...(vehicleId !== null && { vehicleId }),
      };
      return {
        accessToken: await accessTokens.sign(bearer, keyTokenSeconds),
        expiresInSeconds: keyTokenSeconds,
      };
    },
  };
}

/** Compares with both secrets always, in a time that tells nothing. */
function fits({ secretHash, previousHash }: UsableKey, secret: Buffer): boolean {
  const hash = hashSecret(secret);
  const current = timingSafeEqual(hash, secretHash);
  const previous = timingSafeEqual(hash, previousHash ?? Buffer.alloc(hash.length));
  return current || previous;
}
