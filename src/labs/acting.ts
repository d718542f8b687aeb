import { randomUUID } from 'node:crypto';
import { ownCall, type Call, type Caller } from '../platform/call.ts';
import { idOf } from '../platform/idempotency.ts';
import { remember } from '../platform/remember.ts';
import type { LabServices } from './lab.ts';

type Parts = {
  users: Pick<LabServices['users'], 'exchangeApiKey'>;
  /** An API key of staff; needed where the services are in other processes. */
  key: string | undefined;
  verifyUser: (token: string) => Promise<Caller>;
  deadlineMs: number;
};

/** In whose name a lab acts: services believe a neighbour in their own process, others want a token. */
export function createActing({ users, key, verifyUser, deadlineMs }: Parts) {
  const asService = (): Call => ownCall('gateway', deadlineMs);
  const itself: Caller = {
    kind: 'user',
    // The same in every process, or the keys of requests would not hold from one to the next.
    id: idOf('lab'),
    role: 'staff',
    sessionId: randomUUID(),
    token: '',
  };
  const known = remember<Caller>(1);

  async function holder(apiKey: string): Promise<Caller> {
    const caller = known.get(apiKey);
    if (caller) return caller;
    const { accessToken, expiresInSeconds } = await users.exchangeApiKey(
      { key: apiKey },
      asService(),
    );
    const verified = await verifyUser(accessToken);
    known.set(apiKey, verified, (expiresInSeconds * 1_000) / 2);
    return verified;
  }

  const asStaff = async (): Promise<Call> => ({
    ...asService(),
    caller: key === undefined ? itself : await holder(key),
  });
  return { asStaff, asService };
}
