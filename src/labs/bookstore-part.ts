import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import type { Api, Service } from '../platform/api.ts';
import { serve } from '../platform/serve.ts';
import { catalogApi, orderApi, type Shop } from './bookstore-api.ts';
import { aliveEveryMs, type Part, type Sign } from './bookstore-replicas.ts';
import type { LabDoor } from './lab.ts';

/** The only door of a process that is one replica: to the front, which alone knows where it is. */
export function openPart(part: Part, { catalog, order }: Shop): LabDoor {
  endWithFront();
  return {
    name: part,
    port: 0,
    open(app) {
      if (part === 'catalog') serveFront(app, catalogApi, catalog);
      else serveFront(app, orderApi, order);
      app.addHook('onListen', (done) => {
        tellFront(app.server.address() as AddressInfo);
        done();
      });
    },
  };
}

function serveFront<A extends Api>(app: FastifyInstance, api: A, service: Service<A>): void {
  serve(app, api, { service, guard: () => ({ kind: 'anonymous' }) });
}

function tellFront({ port }: AddressInfo): void {
  const sign: Sign = { url: `http://127.0.0.1:${port}` };
  const tell = () => void process.send?.(sign, undefined, undefined, () => undefined);
  tell();
  setInterval(tell, aliveEveryMs).unref();
}

const stop = () => void process.kill(process.pid, 'SIGTERM');

/** However the front goes, its end of the channel closes. */
function endWithFront(): void {
  process.once('disconnect', stop);
  // Listening holds the process; it is to end when all else has.
  process.channel?.unref();
  if (!process.connected) stop();
}
