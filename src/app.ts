import { binder } from './bind.ts';
import { catalogApi } from './catalog/api.ts';
import { createCatalog } from './catalog/catalog.ts';
import { isHere, type Config } from './config.ts';
import { openGateway } from './gateway/gateway.ts';
import { createUserVerifier } from './platform/callers.ts';
import { createCursors } from './platform/cursor.ts';
import { createHealth, type Health } from './platform/health.ts';
import type { Lifecycle } from './platform/lifecycle.ts';
import type { Log } from './platform/log.ts';
import { createMetrics } from './platform/metrics.ts';
import { createPeerGuard } from './platform/peers.ts';
import { serve } from './platform/serve.ts';
import { openSecrets } from './secrets.ts';
import { createServers, listen, type Addresses } from './servers.ts';
import type { ServiceName } from './settings.ts';
import { usersApi } from './users/api.ts';
import { createUsers } from './users/users.ts';

type Parts = {
  config: Config;
  databaseUrls: Readonly<Record<ServiceName, string | undefined>>;
  version: string;
  log: Log;
  lifecycle: Lifecycle;
};

/** The wiring page: which services there are, what each is made of, and who may call whom. */
export async function startApp(parts: Parts): Promise<{ addresses: Addresses; health: Health }> {
  const { config, version, log } = parts;
  const metrics = createMetrics();
  const health = createHealth();
  const secrets = openSecrets(config);
  const serviceKeys = isHere(config, 'all') ? undefined : await secrets.serviceKeys();
  const common = { now: () => new Date(), log, metrics };
  const cursors = async () => createCursors(await secrets.cursorKey());
  const bind = binder({ ...parts, health, metrics, serviceKeys });

  const users = await bind('users', usersApi, async (database) =>
    createUsers({
      database,
      tokenKeys: await secrets.tokenKeys(),
      cursors: await cursors(),
      ...common,
    }),
  );
  const catalog = await bind('catalog', catalogApi, async (database) =>
    createCatalog({ database, cursors: await cursors(), ...common }),
  );
  const verifyUser = createUserVerifier(users.getTokenKeys);

  const servers = createServers({ ...parts, health, metrics });
  if (servers.gateway) {
    openGateway(servers.gateway, {
      services: { users, catalog },
      verifyUser,
      perMinuteMax: {
        caller: config.callerPerMinuteMax,
        address: config.addressPerMinuteMax,
        logIn: config.logInPerMinuteMax,
      },
      strictTransport: config.bazarMode === 'production',
      version,
      log,
      metrics,
    });
  }
  if (servers.internal && serviceKeys) {
    const guard = (callee: ServiceName) => createPeerGuard(serviceKeys, callee, verifyUser);
    if (isHere(config, 'users'))
      serve(servers.internal, usersApi, { service: users, guard: guard('users') });
    if (isHere(config, 'catalog'))
      serve(servers.internal, catalogApi, { service: catalog, guard: guard('catalog') });
  }
  return { addresses: await listen(servers, { ...parts, health, metrics }), health };
}
