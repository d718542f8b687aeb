import { isIPv6 } from 'node:net';
import { Pool, type Dispatcher } from 'undici';
import { openAddresses, type FindAddresses } from './addresses.ts';
import { watchReplica, type Watch } from './replica-watch.ts';

export type Replicas = {
  request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
};

type Replica = { pool: Pool; watch: Watch; inFlight: number };

const triesMax = 3;

/**
 * Spreads calls over every address that a name stands for, each with connections of its own: to the
 * one with the fewest calls under way, which is not one that hangs. Behind a name with one address
 * (a balancer, a service of Kubernetes with an address of its own) it is one pool.
 */
export function openReplicas(url: string, options: Pool.Options, find?: FindAddresses): Replicas {
  const base = new URL(url);
  // Of an IPv6 address the brackets belong to the URL only.
  const hostname = base.hostname.replace(/^\[|\]$/g, '');
  function open(address: string, isAlone: () => boolean): Replica {
    const pool = openPool(base, address, options);
    return { pool, watch: watchReplica({ pool, host: base.host, isAlone }), inFlight: 0 };
  }
  const addresses = openAddresses({ hostname, open, leave, ...(find && { find }) });
  const pick = picker(addresses.all);

  async function ask(
    asked: Dispatcher.RequestOptions,
    tried: Set<Replica>,
  ): Promise<Dispatcher.ResponseData> {
    const replica = pick(tried);
    if (!replica) throw new Error(`${hostname} has no address`);
    try {
      return await askOne(replica, asked);
    } catch (error) {
      tried.add(replica);
      if (!wasNeverSent(error) || tried.size >= triesMax) throw error;
      // It may have been replaced, so its name is looked up at once.
      await addresses.refresh().catch(() => undefined);
      if (!pick(tried)) throw error;
      return ask(asked, tried);
    }
  }

  return {
    async request(asked) {
      await addresses.ready();
      // Whoever is behind an address answers to the name.
      const headers = { ...(asked.headers as Record<string, string>), host: base.host };
      return ask({ ...asked, headers }, new Set());
    },
    close: addresses.close,
  };
}

function openPool(base: URL, address: string, options: Pool.Options): Pool {
  const origin = new URL(base.origin);
  origin.hostname = isIPv6(address) ? `[${address}]` : address;
  const connect = { ...(options.connect as object), servername: base.hostname };
  return new Pool(origin.origin, { ...options, connect });
}

/** Of those that answer the one with the fewest calls under way, in turn; if none does, any. */
function picker(all: () => Replica[]) {
  let turn = 0;
  return (tried: ReadonlySet<Replica>): Replica | undefined => {
    const untried = all().filter((replica) => !tried.has(replica));
    const answering = untried.filter(({ watch }) => watch.isIn());
    const candidates = answering.length > 0 ? answering : untried;
    const fewest = Math.min(...candidates.map(({ inFlight }) => inFlight));
    const idlest = candidates.filter(({ inFlight }) => inFlight === fewest);
    turn += 1;
    return idlest[turn % idlest.length];
  };
}

async function askOne(
  replica: Replica,
  asked: Dispatcher.RequestOptions,
): Promise<Dispatcher.ResponseData> {
  const { pool, watch } = replica;
  replica.inFlight += 1;
  watch.asked();
  try {
    const response = await pool.request(asked);
    watch.answered(response.headers['connection'] === 'close');
    return response;
  } catch (error) {
    watch.failed();
    throw error;
  } finally {
    replica.inFlight -= 1;
    if (replica.inFlight === 0) watch.idle();
  }
}

/** What is under way there still gets its answer. */
function leave({ pool, watch }: Replica): Promise<void> {
  watch.close();
  return pool.close();
}

/** No connection, so not a byte of the request has left: it is as good as never asked. */
function wasNeverSent(error: unknown): boolean {
  const { code, syscall } = error as { code?: string; syscall?: string };
  return syscall === 'connect' || code === 'UND_ERR_CONNECT_TIMEOUT';
}
