import { importJWK, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { ownCall, type Call, type Caller } from './call.ts';
import { createVerifier } from './tokens.ts';

/** Who access tokens are for: every service of this system. */
export const userAudience = 'bazar';

type KeySource = (input: object, call: Call) => Promise<{ keys: JWK[] }>;

const fetchMaxMs = 2_000;
/** A token with an unknown key may be news or nonsense; nonsense must not make us ask all the time. */
const refetchAfterMs = 10_000;

/** Verifies access tokens by the published keys, so that no service has to ask about each one. */
export function createUserVerifier(getTokenKeys: KeySource): (token: string) => Promise<Caller> {
  let keys = new Map<string, CryptoKey>();
  let fetchedAtMs = -Infinity;
  let fetching: Promise<void> | undefined;

  async function fetchKeys(): Promise<void> {
    const { keys: jwks } = await getTokenKeys({}, ownCall('verifier', fetchMaxMs));
    const entries = jwks.map(async (jwk) => {
      const key = await importJWK(jwk, 'EdDSA');
      return [jwk.kid ?? '', key as CryptoKey] as const;
    });
    keys = new Map(await Promise.all(entries));
    fetchedAtMs = performance.now();
  }

  async function findKey(kid: string): Promise<CryptoKey | undefined> {
    if (!keys.has(kid) && performance.now() - fetchedAtMs > refetchAfterMs) {
      fetching ??= fetchKeys().finally(() => {
        fetching = undefined;
      });
      await fetching;
    }
    return keys.get(kid);
  }

  const verify = createVerifier({ type: 'at+jwt', audience: userAudience }, findKey);
  return async (token) => callerOf(await verify(token), token);
}

function callerOf({ sub, sid, role, scope }: JWTPayload, token: string): Caller {
  return {
    kind: 'user',
    id: String(sub),
    role: String(role),
    sessionId: String(sid),
    ...(typeof scope === 'string' && { scopes: scope.split(' ') }),
    token,
  };
}
