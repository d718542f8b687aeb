import { importJWK, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { ownCall, type Call, type Caller } from './call.ts';
import { createVerifier } from './tokens.ts';

/** Who access tokens are for: every service of this system. */
export const userAudience = 'bazar';

type KeySource = (input: object, call: Call) => Promise<{ keys: JWK[] }>;

const fetchMaxMs = 2_000;
/** A token with an unknown key may be news or nonsense; nonsense must not make us ask all the time. */
const refetchAfterMs = 10_000;
/** So long a key that was withdrawn may still be believed. */
const keepMaxMs = 300_000;

/** Verifies access tokens by the published keys, so that no service has to ask about each one. */
export function createUserVerifier(getTokenKeys: KeySource): (token: string) => Promise<Caller> {
  let keys = new Map<string, CryptoKey>();
  let fetchedAtMs = -Infinity;
  let askedAtMs = -Infinity;
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

  /** What is known goes on working while users is away; what is not must be asked for. */
  async function findKey(kid: string): Promise<CryptoKey | undefined> {
    const nowMs = performance.now();
    const known = keys.get(kid);
    if (known) {
      const isOld = nowMs - fetchedAtMs > keepMaxMs && nowMs - askedAtMs > refetchAfterMs;
      if (isOld) void ask().catch(() => undefined);
      return known;
    }
    if (nowMs - fetchedAtMs > refetchAfterMs) await ask();
    return keys.get(kid);
  }

  function ask(): Promise<void> {
    askedAtMs = performance.now();
    return (fetching ??= fetchKeys().finally(() => {
      fetching = undefined;
    }));
  }

  const verify = createVerifier({ type: 'at+jwt', audience: userAudience }, findKey);
  return async (token) => callerOf(await verify(token), token);
}

function callerOf({ sub, sid, role, scope, vehicle }: JWTPayload, token: string): Caller {
  return {
    kind: 'user',
    id: String(sub),
    role: String(role),
    sessionId: String(sid),
    ...(typeof scope === 'string' && { scopes: scope.split(' ') }),
    ...(typeof vehicle === 'string' && { vehicleId: vehicle }),
    token,
  };
}
