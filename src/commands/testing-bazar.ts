import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import { AppError, problemOf } from '../platform/errors.ts';
import type { Fix } from '../tracking/shapes.ts';

export type Asked = { method: string; path: string; authorization: string; fixes: Fix[] };
export type Reply = { status?: number; headers?: Record<string, string>; body?: unknown };

/** As many as were sent are stored. */
export const stored = ({ fixes }: Asked): Reply => ({
  body: {
    stored: fixes.length,
    known: 0,
    refused: 0,
    results: fixes.map(() => ({ result: 'stored' })),
  },
});

export function refusing(error: AppError, headers: Record<string, string> = {}): Reply {
  return { status: error.status, headers, body: problemOf(error) };
}

/** Something that takes fixes as a Bazar does, and remembers them. */
export async function fakeBazar(answer: (asked: Asked, n: number) => Reply = stored) {
  const asked: Asked[] = [];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = Buffer.concat(await request.toArray()).toString();
    const { method = '', url: path = '', headers } = request;
    const { fixes } = JSON.parse(text) as { fixes: Fix[] };
    const one = { method, path, authorization: headers.authorization ?? '', fixes };
    asked.push(one);
    const { status = 200, headers: more = {}, body } = answer(one, asked.length);
    response.writeHead(status, { 'content-type': 'application/json', ...more });
    response.end(JSON.stringify(body));
  }

  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
