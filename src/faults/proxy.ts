import { once } from 'node:events';
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { openFlow, type Flow, type FlowMode } from './flow.ts';

/** What a link does to its connections. `there` is from who calls to who is called. */
export type LinkFault =
  | { kind: 'pass' }
  /** New connections are refused; those that are open go on. */
  | { kind: 'refuse' }
  /** Every connection is reset, open or new. */
  | { kind: 'reset' }
  /** Nothing arrives; when it is over, what was sent arrives after all, or the connection is reset. */
  | { kind: 'blackHole'; way: 'both' | 'there' | 'back'; after: 'deliver' | 'reset' }
  | { kind: 'delay'; delayMs: number; jitterMs: number }
  /** What was asked is done, but the answer is lost. */
  | { kind: 'swallow'; after: 'reset' | 'hang' }
  /** The other side is gone, and nobody has said so. */
  | { kind: 'halfOpen' };

export type Proxy = {
  port: number;
  set: (fault: LinkFault) => void;
  close: () => Promise<void>;
};

type Options = {
  /** Whom to call now; several are called in turn, and with none every connection is reset. */
  targets: () => readonly NetConnectOpts[];
  random: () => number;
};

type Connection = { near: Socket; far: Socket; there: Flow; back: Flow; isTainted: boolean };
type Line = Options & { fault: LinkFault; turn: number; connections: Set<Connection> };

const portMin = 10_000;
const portsCount = 20_000;
const retryMs = 50;

/** A line between two processes that can be cut in every way that lines are cut. */
export async function openProxy(options: Options): Promise<Proxy> {
  const connections = new Set<Connection>();
  const line: Line = { ...options, connections, fault: { kind: 'pass' }, turn: 0 };
  const server = createServer({ allowHalfOpen: true }, (near) => accept(line, near));
  const port = await listenSomewhere(server);
  return {
    port,
    set(next) {
      const wasRefusing = line.fault.kind === 'refuse';
      line.fault = next;
      if (next.kind === 'refuse' && !wasRefusing) server.close();
      if (next.kind !== 'refuse' && wasRefusing) listenAgain(server, port);
      for (const connection of connections) {
        if (next.kind === 'reset' || connection.isTainted) reset(line, connection);
        else apply(line, connection);
      }
    },
    async close() {
      for (const connection of connections) reset(line, connection);
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

function accept(line: Line, near: Socket): void {
  near.on('error', () => undefined);
  const all = line.targets();
  const target = all[line.turn % all.length];
  line.turn += 1;
  if (line.fault.kind === 'reset' || !target) return void near.resetAndDestroy();
  const far = connect({ allowHalfOpen: true, ...target });
  far.on('error', () => undefined);
  const connection: Connection = {
    near,
    far,
    there: openFlow({ from: near, to: far, random: line.random }),
    back: openFlow({
      from: far,
      to: near,
      random: line.random,
      onSwallowed: () => reset(line, connection),
    }),
    isTainted: false,
  };
  line.connections.add(connection);
  near.once('close', (hadError) => ended(line, connection, { other: far, hadError }));
  far.once('close', (hadError) => ended(line, connection, { other: near, hadError }));
  apply(line, connection);
}

/** A side that ends takes the way of the bytes; one that breaks is heard of, if anything can be. */
function ended({ fault, connections }: Line, connection: Connection, ending: Ending): void {
  const { other, hadError } = ending;
  const isSilent = fault.kind === 'blackHole' || fault.kind === 'halfOpen';
  if (hadError && isSilent) connection.isTainted = true;
  else if (hadError) breakOff(other);
  if (other.destroyed) connections.delete(connection);
}

function reset({ connections }: Line, connection: Connection): void {
  connections.delete(connection);
  breakOff(connection.near);
  breakOff(connection.far);
}

/** A Unix socket knows no reset. */
function breakOff(socket: Socket): void {
  try {
    socket.resetAndDestroy();
  } catch {
    socket.destroy();
  }
}

function apply({ fault }: Line, connection: Connection): void {
  connection.there.set(modeOf(fault, 'there'));
  connection.back.set(modeOf(fault, 'back'));
  connection.isTainted ||= isTainting(fault);
  if (fault.kind === 'halfOpen') breakOff(connection.far);
}

type Ending = { other: Socket; hadError: boolean };

function modeOf(fault: LinkFault, way: 'there' | 'back'): FlowMode {
  if (fault.kind === 'delay') return fault;
  if (fault.kind === 'swallow' && way === 'back') return { kind: 'drop', after: fault.after };
  const isHeld = fault.kind === 'blackHole' && (fault.way === 'both' || fault.way === way);
  return { kind: isHeld || fault.kind === 'halfOpen' ? 'hold' : 'pass' };
}

/** After such a fault the bytes of a connection are not whole, or its other side is gone. */
function isTainting(fault: LinkFault): boolean {
  if (fault.kind === 'blackHole') return fault.after === 'reset';
  return fault.kind === 'halfOpen' || (fault.kind === 'swallow' && fault.after === 'hang');
}

/** Somebody else may have the port for a moment. */
function listenAgain(server: Server, port: number): void {
  server.once('error', () => setTimeout(() => listenAgain(server, port), retryMs).unref());
  server.listen(port, '127.0.0.1');
}

/** Below the ports that systems hand out by themselves, so that nobody takes it while it refuses. */
async function listenSomewhere(server: Server): Promise<number> {
  const port = portMin + Math.floor(Math.random() * portsCount);
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return port;
  } catch {
    return listenSomewhere(server);
  }
}
