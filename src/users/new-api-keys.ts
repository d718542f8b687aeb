import { randomUUIDv7 } from 'node:crypto';
import type { Input, Service } from '../platform/api.ts';
import { AppError, invalid } from '../platform/errors.ts';
import { accountIdFor, loggedIn, noSuchUser } from './access.ts';
import type { usersApi } from './api.ts';
import type { Inner } from './parts.ts';
import { usableScopes } from './scopes.ts';
import { hashSecret, newSecret, writeSecret, type HeldSecret } from './secrets.ts';
import type { ApiKey, Role, Scope } from './shapes.ts';
import { daysAfter } from './time.ts';

type Operations = Pick<Service<typeof usersApi>, 'createApiKey'>;
type Asked = Input<(typeof usersApi)['createApiKey']>;

const liveMax = 20;
/** Revoked and expired keys are kept so long, to answer questions about them. */
const deadDaysMax = 30;

/** Making keys for programs. */
export function createNewApiKeys({ storage, recordEvent, now }: Inner): Operations {
  /** The owner is locked, so that keys made at once cannot pass the limit together. */
  async function insert(accountId: string, held: HeldSecret, asked: Asked): Promise<ApiKey> {
    const at = now();
    const wanted = {
      id: held.id,
      accountId,
      name: asked.name,
      scopes: asked.scopes,
      vehicleId: asked.vehicleId ?? null,
      secretHash: hashSecret(held.secret),
      now: at,
      expiresAt: asked.expiresInDays === undefined ? null : daysAfter(at, asked.expiresInDays),
    };
    return storage.atomically(async ({ standing, apiKeys }) => {
      const owner = await standing.lock(accountId);
      if (!owner) throw noSuchUser();
      refuseUnusable(owner.role, asked.scopes);
      await apiKeys.dropDead(accountId, daysAfter(at, -deadDaysMax));
      const key = await apiKeys.insert(wanted, liveMax);
      if (!key) throw new AppError('conflict', `An account has at most ${liveMax} live API keys`);
      return key;
    });
  }

  return {
    async createApiKey(asked, call) {
      const caller = loggedIn(call);
      const accountId = accountIdFor(caller, asked.userId ?? caller.id);
      if (asked.vehicleId !== undefined) refuseMoreThanTracking(asked.scopes);
      const held = { id: randomUUIDv7(), secret: newSecret() };
      const key = await insert(accountId, held, asked);
      recordEvent('apiKeyCreated', call, { targetId: accountId, apiKeyId: key.id });
      return { ...key, key: writeSecret('bzk', held) };
    },
  };
}

/** What is no business of tracking knows no vehicles, and would see the whole account. */
function refuseMoreThanTracking(scopes: readonly Scope[]): void {
  if (scopes.every((scope) => scope.startsWith('tracking:'))) return;
  throw invalid(
    'body',
    '/scopes',
    'of a key for one vehicle may be tracking:read and tracking:write',
  );
}

function refuseUnusable(role: Role, scopes: readonly Scope[]): void {
  const usable = usableScopes(role, scopes);
  const unusable = scopes.filter((scope) => !usable.includes(scope));
  if (unusable.length > 0) {
    throw new AppError('forbidden', `A ${role} cannot give away ${unusable.join(', ')}`);
  }
}
