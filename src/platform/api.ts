import { Type, type Static, type TObject, type TProperties, type TSchema } from 'typebox';
import type { Call } from './call.ts';
import type { ErrorCode } from './errors.ts';
import type { EventStream } from './event-stream.ts';

/** One thing a service can be asked. Types, routes, OpenAPI and both clients follow from it. */
export type Operation = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  summary: string;
  description?: string;
  params?: TObject;
  query?: TObject;
  /** Names in camelCase (`ifMatch`); on the wire they are headers (`if-match`). */
  headers?: TObject;
  /**
   * Names in camelCase (`bazarSession`); in a browser they are cookies (`bazar_session`). Only for
   * the public door: between processes there are none.
   */
  cookies?: TObject;
  body?: TObject;
  reply: TSchema;
  /** 200 unless said otherwise; 204 answers without a body. */
  status?: number;
  /** The reply is the text of Server-Sent Events, and goes on until somebody leaves. */
  streams?: true;
  /** The reply is a text of this kind, sent as it is; JSON, if not said. */
  contentType?: string;
  /** The reply has a `version`, which is its ETag. */
  versioned?: true;
  /** How long others may keep the answer; without it, not at all. */
  cacheControl?: string;
  /** Where the thing that was made can be read, with `:names` out of the reply. */
  location?: string;
  /** Too many at once are refused by what they matter: `low` first, `high` last. */
  importance?: 'high' | 'low';
  /** Slow by its nature and bounded by itself, so that it says nothing of how busy we are. */
  slow?: true;
  /** A POST that may be sent again as it is: a second time changes nothing. */
  repeatable?: true;
  /**
   * Between processes many calls of it travel as one, those with an `idempotencyKey`: what HTTP costs
   * is paid once for all that wait.
   */
  together?: true;
  /** What it may refuse besides what every operation may. */
  refuses?: readonly ErrorCode[];
};

export type Api = Record<string, Operation>;

type Part<S> = S extends TObject ? Static<S> : unknown;

/** All that an operation takes, in one object: path, query, headers, cookies and body. */
export type Input<O extends Operation> = Part<O['params']> &
  Part<O['query']> &
  Part<O['headers']> &
  Part<O['cookies']> &
  Part<O['body']>;

type Reply<O extends Operation> = O extends { streams: true } ? EventStream : Static<O['reply']>;

/**
 * What an Api looks like to a caller, whether it runs in this process or behind HTTP. Outside of the
 * house there is no `Call`, and something else goes beside the input.
 */
export type Service<A extends Api, C = Call> = {
  [Name in keyof A]: (input: Input<A[Name]>, call: C) => Promise<Reply<A[Name]>>;
};

export function defineApi<const A extends Api>(api: A): A {
  return api;
}

/** An object that refuses what it does not name. */
export function strict<P extends TProperties>(properties: P, options: object = {}) {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

/** One page of a list; `nextCursor` is absent on the last. */
export function page<S extends TSchema>(item: S) {
  return strict({ items: Type.Array(item), nextCursor: Type.Optional(Type.String()) });
}

/** The query fields of every list. */
export const paging = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100, description: 'Items on a page; 20 if not said.' }),
  ),
  cursor: Type.Optional(
    Type.String({ maxLength: 500, description: '`nextCursor` of the page before.' }),
  ),
};

export const limitDefault = 20;

/** Makes a POST harmless to repeat: the same key gives the same answer. */
export const idempotencyKey = Type.String({
  pattern: '^[\\x21-\\x7e]{1,255}$',
  description: 'Made by the client before the first try; 1 to 255 visible ASCII characters.',
});

/** The `version` that was read, so that nobody's change is overwritten unseen. */
export const ifMatch = Type.Optional(
  Type.String({ pattern: '^[\\w.-]{1,64}$', description: 'The ETag that was read.' }),
);
