import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { contentPolicy, readServed, serveFiles, type Served } from '../platform/files.ts';

const way = {
  operation: 'pages of the lab',
  headers: {
    'cache-control': 'no-cache',
    // The viewer of the API sizes its own elements by style attributes.
    'content-security-policy': contentPolicy({ 'style-src': `'self' 'unsafe-inline'` }),
  },
};

/** Serves files beside this one by their names, and others as they are. */
export function servePages(
  app: FastifyInstance,
  pages: Readonly<Record<string, string | Served>>,
): void {
  const files = Object.entries(pages).map(([url, page]) => [
    url,
    typeof page === 'string' ? readServed(join(import.meta.dirname, page)) : page,
  ]);
  serveFiles(app, Object.fromEntries(files), way);
}
