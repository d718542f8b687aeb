import type { KeySet } from '../platform/keys.ts';
import { signToken } from '../platform/tokens.ts';
import type { Role, Scope } from './shapes.ts';

export type Bearer = {
  userId: string;
  /** A login session or an API key: what must be live for the token to count. */
  sessionId: string;
  role: Role;
  /** Only for API keys; without them a token may do all that its role may. */
  scopes?: readonly Scope[];
  /** Only for keys of devices: the one vehicle they speak for. */
  vehicleId?: string;
};

export type AccessTokens = {
  sign(bearer: Bearer, lifetimeSeconds: number): Promise<string>;
};

/** Short-lived proofs of who somebody is, for every service to verify by itself. */
export function createAccessTokens({ signing }: KeySet): AccessTokens {
  if (!signing) throw new Error('the users service needs a key that can sign');
  return {
    sign: ({ userId, sessionId, role, scopes, vehicleId }, lifetimeSeconds) =>
      signToken(signing, {
        type: 'at+jwt',
        audience: 'bazar',
        claims: {
          sub: userId,
          sid: sessionId,
          role,
          ...(scopes && { scope: scopes.join(' ') }),
          ...(vehicleId !== undefined && { vehicle: vehicleId }),
        },
        lifetimeSeconds,
      }),
  };
}
