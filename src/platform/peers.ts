import type { FastifyRequest } from 'fastify';
import type { Call, Caller } from './call.ts';
import { AppError } from './errors.ts';
import type { KeySet } from './keys.ts';
import { createVerifier, signToken } from './tokens.ts';

const lifetimeSeconds = 60;
const renewAfterMs = 40_000;
const userHeader = 'x-bazar-user';
export type VerifyUser = (token: string) => Promise<Caller>;

/** Said aloud, because a call for nobody is not the service's own call, which may do more. */
const nobody = 'anonymous';

/**
 * Signs our calls to one other service: a short token that is good for this callee only, and with
 * it the token of the user we call for.
 */
export function createCredentials(keys: KeySet, names: { caller: string; callee: string }) {
  const { signing } = keys;
  if (!signing) throw new Error('The service keys hold no private key to sign calls with');
  let token: Promise<string> | undefined;
  let renewAtMs = 0;

  return async (call: Call): Promise<Record<string, string>> => {
    if (!token || performance.now() > renewAtMs) {
      renewAtMs = performance.now() + renewAfterMs;
      const ticket = { type: 'service+jwt', audience: names.callee, lifetimeSeconds } as const;
      token = signToken(signing, { ...ticket, claims: { sub: names.caller } });
    }
    const authorization = `Bearer ${await token}`;
    const user = userText(call);
    return { authorization, ...(user !== undefined && { [userHeader]: user }) };
  };
}

/** Lets in calls of other services only, each meant for this callee; says for whom they call. */
export function createPeerGuard(keys: KeySet, callee: string, verifyUser: VerifyUser) {
  const kind = { type: 'service+jwt', audience: callee } as const;
  const verifyService = createVerifier(kind, async (kid) => keys.verifying.get(kid));

  return async ({ headers }: FastifyRequest): Promise<Caller> => {
    const { sub } = await verifyService(bearerOf(headers.authorization));
    const user = headers[userHeader];
    if (user === undefined) return { kind: 'service', name: String(sub) };
    return userOf(String(user), verifyUser);
  };
}

/** Whom a call is for, as it goes over the wire; a service that calls for itself says nothing. */
export function userText({ caller }: Call): string | undefined {
  if (caller.kind === 'service') return undefined;
  return caller.kind === 'user' ? caller.token : nobody;
}

export async function userOf(text: string, verifyUser: VerifyUser): Promise<Caller> {
  return text === nobody ? { kind: 'anonymous' } : verifyUser(text);
}

/** The token of an Authorization header; anything but a bearer token is refused. */
export function bearerOf(header: string | undefined): string {
  const [, token] = /^Bearer ([\w.~+/=-]+)$/i.exec(header ?? '') ?? [];
  if (!token) throw new AppError('unauthorized', 'Send `Authorization: Bearer …`');
  return token;
}
