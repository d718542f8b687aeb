import { SignJWT, jwtVerify, type CryptoKey, type JWTPayload } from 'jose';
import { AppError } from './errors.ts';
import type { KeySet } from './keys.ts';
import { remember } from './remember.ts';

/** What a token is for; one kind is never taken for another. */
type Kind = { type: 'at+jwt' | 'service+jwt'; audience: string };

type Ticket = Kind & { claims: JWTPayload; lifetimeSeconds: number };

const issuer = 'bazar';
const tokenCharsMax = 4_096;
const leewaySeconds = 30;
const rememberedMax = 10_000;

/** Signs a claim for a while. */
export async function signToken(
  signing: NonNullable<KeySet['signing']>,
  { type, audience, claims, lifetimeSeconds }: Ticket,
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', kid: signing.kid, typ: type })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(`${lifetimeSeconds}s`)
    .sign(signing.key);
}

/**
 * Checks tokens of one kind. The algorithm is pinned, the key comes from our own set by its id and
 * from nowhere else, and what was verified once is remembered until it expires.
 */
export function createVerifier(
  { type, audience }: Kind,
  findKey: (kid: string) => Promise<CryptoKey | undefined>,
): (token: string) => Promise<JWTPayload> {
  const verified = remember<JWTPayload>(rememberedMax);

  return async (token) => {
    const known = verified.get(token);
    if (known) return known;
    if (token.length > tokenCharsMax) throw refused();
    const { payload } = await jwtVerify(
      token,
      async ({ kid }) => (await findKey(kid ?? '')) ?? Promise.reject(refused()),
      {
        issuer,
        audience,
        typ: type,
        algorithms: ['EdDSA'],
        clockTolerance: leewaySeconds,
        requiredClaims: ['sub', 'exp'],
      },
    ).catch((error: unknown) => {
      // The key may be away rather than wrong, and then the token is not to blame.
      throw error instanceof AppError && error.code !== 'unauthorized' ? error : refused();
    });
    verified.set(token, payload, (payload.exp as number) * 1_000 - Date.now());
    return payload;
  };
}

/** One text for all causes: the difference would only help who forges. */
function refused(): AppError {
  return new AppError('unauthorized', 'The token is not valid; sign in again or refresh it');
}
