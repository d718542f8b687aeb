import assert from 'node:assert/strict';
import { after } from 'node:test';
import { Pool, type Dispatcher } from 'undici';
import type { Problem } from '../platform/errors.ts';

export type Answer = {
  status: number;
  headers: Record<string, string | undefined>;
  /** Empty for a stream of events, of which only the head is read. */
  text: string;
  /** What the text says, where it is JSON. */
  body: unknown;
};

export type Content = {
  token?: string | undefined;
  /** Sent as JSON; `raw` goes as it is. */
  body?: unknown;
  raw?: string | Uint8Array;
  headers?: Record<string, string>;
};

/** Sends a request such as `GET /v1/users`. */
export type Ask = (what: string, content?: Content) => Promise<Answer>;

/** A client over kept connections; several servers are asked in turn. */
export function client(urls: readonly string[], connections = 64): Ask {
  const pools = urls.map((url) => new Pool(url, { connections, pipelining: 1 }));
  after(() => Promise.all(pools.map((pool) => pool.destroy())));
  let turn = 0;

  return async (what, { token, body, raw, headers = {} } = {}) => {
    const pool = pools[turn % pools.length];
    turn += 1;
    const [method = '', path = ''] = what.split(' ');
    const sent = raw ?? (body === undefined ? null : JSON.stringify(body));
    assert.ok(pool);
    const credentials = token && { authorization: `Bearer ${token}` };
    const type = sent !== null && { 'content-type': 'application/json' };
    const all = { ...credentials, ...type, ...headers };
    return read(await pool.request({ method, path, body: sent, headers: all }));
  };
}

async function read({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<Answer> {
  const isEndless = String(headers['content-type']).startsWith('text/event-stream');
  const text = isEndless ? '' : await body.text();
  if (isEndless) body.destroy();
  const isJson = String(headers['content-type']).includes('json') && text !== '';
  return {
    status: statusCode,
    headers: headers as Answer['headers'],
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}

/** Whether the answer has this status; says what came instead. */
export function expectStatus(answer: Answer, status: number): Answer {
  assert.equal(answer.status, status, answer.text);
  return answer;
}

/** The refusal that is expected, in the form that every refusal has. */
export function expectProblem(answer: Answer, status: number, code?: string): Problem {
  expectStatus(answer, status);
  assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
  const problem = answer.body as Problem;
  assert.equal(problem.status, status);
  assert.equal(problem.type, `/docs/problems#${problem.code}`);
  assert.equal(problem.requestId, answer.headers['x-request-id']);
  assert.match(problem.traceId ?? '', /^[0-9a-f]{32}$/);
  if (code) assert.equal(problem.code, code);
  assert.doesNotMatch(answer.text, /\.ts:|\bat \//);
  return problem;
}

/** An answer that is never a fault of ours, and says what is wrong if something is. */
export function expectSound(answer: Answer, why: string): void {
  assert.ok(answer.status < 500, `${why}: ${answer.status} ${answer.text}`);
  if (answer.status >= 400) assert.ok(expectProblem(answer, answer.status).code, why);
}

/** A refusal that points at the field that is wrong. */
export function expectRefusal(answer: Answer, pointer: string, why: string): void {
  assert.equal(answer.status, 400, `${why}: ${answer.text}`);
  const [error] = expectProblem(answer, 400, 'invalid').errors ?? [];
  assert.ok(error?.pointer.startsWith(pointer), `${why}: ${answer.text}`);
}
