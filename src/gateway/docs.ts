import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { refusals } from '../platform/errors.ts';
import { contentPolicy, readServed, serveFiles, textAs, type Served } from '../platform/files.ts';

const headers = {
  'cache-control': 'no-cache',
  // The viewer sizes its own elements by style attributes.
  'content-security-policy': contentPolicy({ 'style-src': `'self' 'unsafe-inline'` }),
};

/** `/docs`, `/docs/problems`, and the contracts, such as `/openapi.json`. */
export function serveDocs(app: FastifyInstance, contracts: Record<string, object>): void {
  const documents = Object.entries(contracts).map(([url, contract]) => [
    url,
    textAs(url, JSON.stringify(contract)),
  ]);
  const files = {
    '/docs': readServed(join(import.meta.dirname, 'docs.html')),
    '/docs/start.js': readServed(join(import.meta.dirname, 'docs-start.js')),
    '/docs/problems': textAs('problems.html', problemsPage()),
    ...readViewer(),
    ...Object.fromEntries(documents),
  };
  serveFiles(app, files, { operation: 'docs', headers });
}

/** What shows a contract in a browser. */
export function readViewer(): Record<string, Served> {
  const viewer = createRequire(import.meta.url).resolve('swagger-ui-dist/swagger-ui.css');
  return {
    '/docs/viewer.css': readServed(viewer),
    '/docs/viewer.js': readServed(join(viewer, '../swagger-ui-bundle.js')),
  };
}

/** What each `code` of a problem means; its `type` points here. */
function problemsPage(): string {
  const rows = Object.entries(refusals).map(
    ([code, [status, advice]]) => `<dt id="${code}">${status} ${code}</dt><dd>${advice}</dd>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Bazar: problems</title>
<h1>What a refusal means</h1><dl>${rows.join('\n')}</dl></html>`;
}
