import type { FastifyInstance } from 'fastify';
import type { Api, Operation, Service } from '../platform/api.ts';
import { AppError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { serve } from '../platform/serve.ts';
import {
  cacheApi,
  invalidateApi,
  orderApi,
  readApi,
  stockApi,
  updateApi,
  type Shop,
} from './bookstore-api.ts';
import type { ReadCache } from './bookstore-cache.ts';
import { changeKey, inPlainWords, readKey } from './bookstore-forms.ts';
import { refuseAs, type LabRefusal } from './doors.ts';
import type { LabDoor } from './lab.ts';

type Method = Operation['method'];
type Parts = { shop: Shop; cache: ReadCache; unsafeGet: boolean; log: Log };

/** Puts some operations on a port. */
type Opener = (app: FastifyInstance, log: Log) => void;
type Routes<A extends Api> = {
  api: A;
  service: Service<A>;
  /** Where the original has its answers. */
  key?: string;
  /** Methods that do the same as that of the contract. */
  also?: readonly Method[];
};

const anybody = () => ({ kind: 'anonymous' }) as const;

/** The three ports of the bookstore. */
export function bookstoreDoors({ shop, cache, unsafeGet, log }: Parts): LabDoor[] {
  const { catalog, order } = shop;
  // The document's own log has purchases by GET, which every preview and crawler repeats.
  const get: readonly Method[] = unsafeGet ? ['GET'] : [];
  const reading = opener({ api: readApi, service: catalog, key: readKey });
  const asking = opener({ api: stockApi, service: catalog });
  const updating = opener({ api: updateApi, service: catalog, also: get });
  const buying = opener({ api: orderApi, service: order, also: ['PUT', ...get] });
  const caching = opener({ api: cacheApi, service: { showCache: async () => cache.counts() } });
  const forgetting = opener({ api: invalidateApi, service: forgetter(cache), also: ['PUT'] });

  const door = (name: string, port: number, openers: readonly Opener[]): LabDoor => ({
    name,
    port,
    open(app) {
      refuseAs(app, wordsUnder(changeKey), log);
      for (const open of openers) open(app, log);
    },
  });
  return [
    door('front', 5000, [reading, buying, caching, forgetting]),
    door('catalog', 5001, [reading, asking, updating]),
    door('order', 5002, [buying]),
  ];
}

function forgetter(cache: ReadCache): Service<typeof invalidateApi> {
  return {
    async invalidate({ id }) {
      cache.invalidate(id);
      return 'success';
    },
  };
}

/** Each contract has a scope of its own, because its refusals have a key of their own. */
function opener<A extends Api>({ key = changeKey, ...routes }: Routes<A>): Opener {
  const { api, service } = byMethods(routes);
  return (app, log) => {
    void app.register(async (scope) => {
      refuseAs(scope, wordsUnder(key), log);
      scope.addHook('onRequest', async ({ method, routeOptions }) => {
        const { operation = '' } = routeOptions.config as { operation?: string };
        // It comes with every GET, but nobody who asks for a head wants to buy.
        if (method !== 'HEAD' || !operation.endsWith(' by GET')) return;
        throw new AppError('methodNotAllowed', 'Use GET here');
      });
      serve(scope, api, { service, guard: anybody });
    });
  };
}

/** The operations of a contract, and again by each other method that does the same. */
function byMethods<A extends Api>({ api, service, also = [] }: Routes<A>) {
  const all: Api = { ...api };
  const services = { ...service } as Service<Api>;
  for (const [name, operation] of Object.entries<Operation>(api)) {
    for (const method of also) {
      all[`${name} by ${method}`] = { ...operation, method };
      services[`${name} by ${method}`] = services[name] as Service<Api>[string];
    }
  }
  return { api: all, service: services };
}

function wordsUnder(key: string) {
  return (error: AppError): LabRefusal => ({
    // A 409 would read as sold out.
    status: error.code === 'inFlight' ? 503 : error.status,
    body: { [key]: inPlainWords(error) },
  });
}
