import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { withinDeadline, type Call } from './call.ts';
import { AppError } from './errors.ts';

/** Where Server-Sent Events go. It is closed when its reader has left, and closing it ends it. */
export type Connection = Pick<
  Socket,
  'write' | 'writableLength' | 'destroyed' | 'destroySoon' | 'destroy'
>;

/** A stream that waits for its connection. */
export type EventStream = {
  /** Begins to write; the head has been sent. */
  start(connection: Connection): void;
  /** Nobody reads, or nobody any more. */
  close(): void;
};

/** Said on the raw response when a stream begins: from then on it is no request under way. */
export const streamBegins = Symbol('stream begins');

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  // Else the connection would outlive the stream, and the server would wait for it.
  connection: 'close',
};

/**
 * Sends streams to their readers. The deadline of a request is for the beginning only; whoever still
 * reads when the server closes is told the end at once.
 */
export function streamSender(app: FastifyInstance) {
  const open = new Map<Socket, EventStream>();
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
    for (const socket of open.keys()) endConnection(socket);
  });

  function left(this: Socket): void {
    const stream = open.get(this);
    open.delete(this);
    stream?.close();
  }

  return async (reply: FastifyReply, call: Call, work: Promise<EventStream>): Promise<void> => {
    const stream = await withinDeadline(call, work).catch((error: unknown) => {
      // What begins too late has no reader.
      work.then(
        (late) => late.close(),
        () => undefined,
      );
      throw error;
    });
    const { raw } = reply;
    const { socket } = raw;
    // A reader that has left meanwhile will not say so again.
    if (!socket || socket.destroyed || closing) stream.close();
    if (!socket || socket.destroyed) return;
    if (closing) {
      reply.header('connection', 'close');
      throw new AppError('unavailable', 'This server is closing; try again');
    }
    reply.hijack();
    const headers = { ...reply.getHeaders(), ...streamHeaders };
    // It ends where the connection ends; in chunks each event would be written in three parts.
    raw.removeHeader('transfer-encoding');
    raw.writeHead(200, headers as OutgoingHttpHeaders);
    raw.flushHeaders();
    raw.emit(streamBegins);
    takeOver(raw, socket);
    open.set(socket, stream);
    socket.on('error', ignore).once('end', hangUp).once('close', left);
    stream.start(socket);
  };
}

/** Says the end. What a reader has not taken until now cannot be waited for. */
export function endConnection(connection: Connection): void {
  if (connection.writableLength > 0) connection.destroy();
  else connection.destroySoon();
}

/** What the server keeps for the requests of a connection. */
type Parser = {
  incoming?: unknown;
  unconsume?: () => void;
  remove?: () => void;
  close?: () => void;
};

/**
 * Frees a connection from all that HTTP keeps for its next request, two thirds of its memory: none
 * will come. Node has no documented way to do so; where it does not have what is needed here, or
 * where another request waits behind this one already, everything stays as it is.
 */
function takeOver(raw: ServerResponse, socket: Socket & { parser?: Parser | null }): void {
  const { parser } = socket;
  if (!parser?.unconsume || !parser.remove || !parser.close) return;
  if (parser.incoming !== raw.req) return;
  raw.detachSocket(socket);
  socket.removeAllListeners();
  socket.setTimeout(0);
  parser.unconsume();
  parser.remove();
  socket.parser = null;
  socket.resume();
  // Its own work must be over before it goes.
  setImmediate(() => parser.close?.());
}

/** Whatever goes wrong ends the stream; there is nobody left to tell. */
function ignore(): void {}

function hangUp(this: Socket): void {
  this.destroy();
}
