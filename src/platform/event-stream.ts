import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { withinDeadline, type Call } from './call.ts';
import { AppError } from './errors.ts';

/**
 * The text of Server-Sent Events. Whoever makes it ends it, or destroys it where the rest is of no
 * use; it is destroyed when nobody reads it any more.
 */
export type EventStream = Readable;

/** Said on the raw response when a stream begins: from then on it is no request under way. */
export const streamBegins = Symbol('stream begins');

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  // Else the connection would outlive the stream, and the server would wait for it.
  connection: 'close',
};

/** Who has not read the end after this time does not read at all. */
const endMsMax = 5_000;

/**
 * Sends streams to their readers. The deadline of a request is for the beginning only; whoever still
 * reads when the server closes is told the end at once.
 */
export function streamSender(app: FastifyInstance) {
  const open = new Map<ServerResponse, EventStream>();
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
    for (const [raw, stream] of open) finish(raw, stream);
  });

  return async (reply: FastifyReply, call: Call, work: Promise<EventStream>): Promise<void> => {
    const stream = await withinDeadline(call, work).catch((error: unknown) => {
      // What begins too late has no reader.
      work.then(
        (late) => late.destroy(),
        () => undefined,
      );
      throw error;
    });
    const { raw } = reply;
    // Whatever goes wrong ends the stream; there is nobody left to tell.
    stream.on('error', () => undefined);
    // A reader that has left meanwhile will not say so again.
    if (raw.destroyed || closing) stream.destroy();
    if (raw.destroyed) return;
    if (closing) {
      reply.header('connection', 'close');
      throw new AppError('unavailable', 'This server is closing; try again');
    }
    reply.hijack();
    open.set(raw, stream);
    raw.once('close', () => {
      open.delete(raw);
      stream.destroy();
    });
    stream.once('end', () => destroyLater(raw));
    stream.once('close', () => {
      if (!stream.readableEnded) raw.destroy();
    });
    const headers = { ...reply.getHeaders(), ...streamHeaders };
    raw.writeHead(200, headers as OutgoingHttpHeaders);
    raw.emit(streamBegins);
    stream.pipe(raw);
  };
}

function finish(raw: ServerResponse, stream: EventStream): void {
  stream.unpipe(raw);
  // What a reader has not taken until now cannot be waited for.
  if (raw.writableLength > 0) raw.destroy();
  else raw.end();
  destroyLater(raw);
}

function destroyLater(raw: ServerResponse): void {
  const timer = setTimeout(() => raw.destroy(), endMsMax);
  timer.unref();
  raw.once('close', () => clearTimeout(timer));
}
