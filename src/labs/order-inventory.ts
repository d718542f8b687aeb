import type { FastifyInstance } from 'fastify';
import { withinDeadline, type Call } from '../platform/call.ts';
import type { Lab } from './lab.ts';
import { offer } from './offer.ts';
import { openOrders } from './order-inventory-orders.ts';
import { openStock } from './order-inventory-stock.ts';

/** Sooner than those who probe give up. */
const probeMsMax = 1_000;

export const lab: Lab = {
  summary: 'Orders on 30000 and inventory on 5001, as they were on Kubernetes',
  start: async (parts) => {
    const { orders, catalog } = parts.services;
    const readOrders = async () => orders.listOrders({ limit: 1 }, await parts.asStaff());
    const readStock = async () => catalog.listProducts({ limit: 1 }, parts.asService());
    return [
      {
        name: 'orders',
        port: 30_000,
        open(app) {
          offerHealth(app, { service: 'order-service', call: parts.asService, probe: readOrders });
          openOrders(app, parts);
        },
      },
      {
        name: 'inventory',
        port: 5_001,
        open(app) {
          offerHealth(app, {
            service: 'inventory-service',
            call: parts.asService,
            probe: readStock,
          });
          openStock(app, parts);
        },
      },
    ];
  },
};

type Probed = { service: string; call: () => Call; probe: () => Promise<unknown> };

/** Healthy is what can read its own data; a neighbour that is away does not make it ill. */
function offerHealth(app: FastifyInstance, { service, call, probe }: Probed): void {
  offer(app, '/health', {
    async GET(_request, reply) {
      const inTime = { ...call(), deadlineAtMs: performance.now() + probeMsMax };
      const isHealthy = await withinDeadline(inTime, probe()).then(
        () => true,
        () => false,
      );
      if (!isHealthy) reply.code(503);
      return { status: isHealthy ? 'healthy' : 'unhealthy', service };
    },
  });
}
