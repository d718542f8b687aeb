import { batcher } from '../platform/batcher.ts';
import { ownCall, type Call } from '../platform/call.ts';
import { AppError } from '../platform/errors.ts';
import { remember } from '../platform/remember.ts';
import type { OrdersParts } from './parts.ts';

type Standing = 'active' | 'disabled' | 'unknown';

/** So long a user who was disabled may still order, at most. */
const keepMs = 5_000;
const rememberedMax = 50_000;

/** Refuses who may not order: asks users once about everybody who orders in this moment. */
export function createCustomers({ users, metrics }: Pick<OrdersParts, 'users' | 'metrics'>) {
  const known = remember<Standing>(rememberedMax);
  const standings = batcher<string, Standing>({
    name: 'customers',
    sizeMax: 512,
    inFlightMax: 2,
    queueMax: 5_000,
    metrics,
    async flush(ids, patience) {
      const call = { ...ownCall('orders', 0), ...patience };
      const found = await users.getUsers({ ids: [...new Set(ids)] }, call);
      const byId = new Map(found.users.map((user) => [user.id, user]));
      return ids.map((id) => standingOf(byId.get(id)));
    },
  });

  async function ask(userId: string, call: Call): Promise<Standing> {
    const askedAtMs = performance.now();
    const standing = await standings.add(userId, call);
    // Counted from the question: the answer may have been true only then.
    known.set(userId, standing, keepMs - (performance.now() - askedAtMs));
    return standing;
  }

  return async (userId: string, call: Call): Promise<void> => {
    const standing = known.get(userId) ?? (await ask(userId, call));
    if (standing === 'unknown') throw new AppError('notFound', 'There is no such user');
    if (standing === 'disabled') throw new AppError('forbidden', 'This account is disabled');
  };
}

function standingOf(user: { disabled: boolean } | undefined): Standing {
  if (!user) return 'unknown';
  return user.disabled ? 'disabled' : 'active';
}
