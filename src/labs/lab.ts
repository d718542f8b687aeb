import type { FastifyInstance } from 'fastify';
import type { catalogApi } from '../catalog/api.ts';
import type { ordersApi } from '../orders/api.ts';
import type { Service } from '../platform/api.ts';
import type { Call } from '../platform/call.ts';
import type { Lifecycle } from '../platform/lifecycle.ts';
import type { Log } from '../platform/log.ts';
import type { trackingApi } from '../tracking/api.ts';
import type { usersApi } from '../users/api.ts';

export type LabServices = {
  users: Service<typeof usersApi>;
  catalog: Service<typeof catalogApi>;
  orders: Service<typeof ordersApi>;
  tracking: Service<typeof trackingApi>;
};

export type LabParts = {
  services: LabServices;
  /** A call by the lab, which may do all that staff may. */
  asStaff: () => Promise<Call>;
  /** A call in the name of the process itself, for what only services may ask. */
  asService: () => Call;
  /** What was said on the command line: `--csv=FILE` is `csv`, and a flag without a value is ''. */
  flags: Readonly<Record<string, string>>;
  /** Where its ports are opened. */
  host: string;
  /** Every port moves by so much. */
  portOffset: number;
  /** Tells the person who has started the lab. */
  say: (line: string) => void;
  log: Log;
  lifecycle: Lifecycle;
};

/** One port of the original, and the paths behind it. */
export type LabDoor = { name: string; port: number; open: (app: FastifyInstance) => void };

/** A published system, spoken on top of Bazar: it translates, and has no state and no rule of its own. */
export type Lab = {
  summary: string;
  /** The flags it takes besides those that every lab takes, and what each is for. */
  flags?: Readonly<Record<string, string>>;
  start: (parts: LabParts) => Promise<LabDoor[]>;
};
