import type { Api, Service } from '../platform/api.ts';
import type { Caller } from '../platform/call.ts';
import { createUserVerifier, userAudience } from '../platform/callers.ts';
import { remote } from '../platform/client.ts';
import { generateKeys, readKeys } from '../platform/keys.ts';
import { createMetrics } from '../platform/metrics.ts';
import { createCredentials, createPeerGuard } from '../platform/peers.ts';
import { serve } from '../platform/serve.ts';
import { signToken } from '../platform/tokens.ts';
import { silent } from './database.ts';
import { testServer } from './server.ts';

/** A service behind real HTTP, and the client that calls it, each with keys of their own. */
export async function startPeers<A extends Api>(callee: string, api: A, service: Service<A>) {
  const serviceKeys = await readKeys(await generateKeys('services'));
  const tokenKeys = await readKeys(await generateKeys('tokens'));
  const verifyUser = createUserVerifier(async () => ({ keys: tokenKeys.published }));
  const server = testServer();
  let requests = 0;
  server.addHook('onRequest', async () => {
    requests += 1;
  });
  const guard = createPeerGuard(serviceKeys, callee, verifyUser);
  serve(server, api, { service, guard, together: { verifyUser, log: silent } });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const credentialsFor = (name: string) =>
    createCredentials(serviceKeys, { caller: 'tests', callee: name });
  const client = remote(api, {
    service: callee,
    url,
    credentials: credentialsFor(callee),
    metrics: createMetrics(),
  });
  const closeServer = () => server.close();

  /** An access token as users would sign it. */
  async function tokenFor({ id, role, sessionId }: Caller & { kind: 'user' }): Promise<string> {
    if (!tokenKeys.signing) throw new Error('The test keys cannot sign');
    return signToken(tokenKeys.signing, {
      type: 'at+jwt',
      audience: userAudience,
      claims: { sub: id, sid: sessionId, role },
      lifetimeSeconds: 60,
    });
  }
  return {
    url,
    service: client,
    credentialsFor,
    tokenFor,
    /** How many HTTP requests have come. */
    requests: () => requests,
    closeServer,
    close: async () => {
      await client.close();
      await closeServer();
    },
  };
}
