import type { AccessTokens } from './access-tokens.ts';
import { writeSecret, type HeldSecret } from './secrets.ts';
import type { Session, User } from './shapes.ts';

const accessTokenSeconds = 600;

/** What whoever logs in or refreshes takes home. */
export async function handOver(
  accessTokens: AccessTokens,
  user: User,
  held: HeldSecret,
): Promise<Session> {
  const bearer = { userId: user.id, sessionId: held.id, role: user.role };
  return {
    accessToken: await accessTokens.sign(bearer, accessTokenSeconds),
    tokenType: 'Bearer',
    expiresInSeconds: accessTokenSeconds,
    refreshToken: writeSecret('bzr', held),
    user,
  };
}
