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
const rememberedMax = 50_000;
/** So long a token is believed without looking at its signature again. */
const rememberMsMax = 60_000;

type FindKey = (kid: string) => Promise<CryptoKey | undefined>;
type Verified = { payload: JWTPayload; kid: string; key: CryptoKey };

/** The time of day, which tokens are about, and a clock that nobody sets. */
type Clocks = { wallMs: () => number; clockMs: () => number };
const clocks: Clocks = { wallMs: () => Date.now(), clockMs: () => performance.now() };

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
 * from nowhere else. What was verified once is remembered for a while, under the token itself: to
 * find that costs less than any digest of it would. It is no longer than its key is believed.
 */
export function createVerifier(
  { type, audience }: Kind,
  findKey: FindKey,
  { wallMs, clockMs } = clocks,
): (token: string) => Promise<JWTPayload> {
  const verified = remember<Verified>(rememberedMax, clockMs);

  async function verify(token: string): Promise<Verified> {
    if (token.length > tokenCharsMax) throw refused();
    const { payload, protectedHeader, key } = await jwtVerify(
      token,
      async ({ kid }) => (await findKey(kid ?? '')) ?? Promise.reject(refused()),
      {
        issuer,
        audience,
        typ: type,
        algorithms: ['EdDSA'],
        clockTolerance: leewaySeconds,
        requiredClaims: ['sub', 'exp'],
        currentDate: new Date(wallMs()),
      },
    ).catch((error: unknown) => {
      // The key may be away rather than wrong, and then the token is not to blame.
      throw error instanceof AppError && error.code !== 'unauthorized' ? error : refused();
    });
    return { payload, kid: protectedHeader.kid ?? '', key };
  }

  return async (token) => {
    const known = verified.get(token);
    if (known && (await findKey(known.kid)) === known.key) return known.payload;
    const fresh = await verify(token);
    const leftMs = ((fresh.payload.exp as number) + leewaySeconds) * 1_000 - wallMs();
    verified.set(token, fresh, Math.min(leftMs, rememberMsMax));
    return fresh.payload;
  };
}

/** One text for all causes: the difference would only help who forges. */
function refused(): AppError {
  return new AppError('unauthorized', 'The token is not valid; sign in again or refresh it');
}
