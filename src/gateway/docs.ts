import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { refusals } from '../platform/errors.ts';

const html = 'text/html; charset=utf-8';
const script = 'text/javascript; charset=utf-8';

/** Everything comes from this server: the pages work without the internet. */
const contentPolicy = [
  `default-src 'none'`,
  `script-src 'self'`,
  // The viewer sizes its own elements by style attributes.
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data:`,
  `connect-src 'self'`,
  `frame-ancestors 'none'`,
  `base-uri 'none'`,
].join('; ');

/** `/docs`, `/docs/problems`, and the contracts, such as `/openapi.json`. */
export function serveDocs(app: FastifyInstance, contracts: Record<string, object>): void {
  const viewer = createRequire(import.meta.url).resolve('swagger-ui-dist/swagger-ui.css');
  const files = {
    '/docs': [new URL('./docs.html', import.meta.url), html],
    '/docs/start.js': [new URL('./docs-start.js', import.meta.url), script],
    '/docs/viewer.css': [viewer, 'text/css; charset=utf-8'],
    '/docs/viewer.js': [join(viewer, '../swagger-ui-bundle.js'), script],
  } as const;
  const config = { operation: 'docs' };
  for (const [url, [path, type]] of Object.entries(files)) {
    app.get(url, { config }, async (_request, reply) => {
      reply.type(type).header('content-security-policy', contentPolicy);
      return readFile(path);
    });
  }
  for (const [url, contract] of Object.entries(contracts)) {
    const document = JSON.stringify(contract);
    app.get(url, { config }, (_request, reply) => reply.type('application/json').send(document));
  }
  app.get('/docs/problems', { config }, (_request, reply) =>
    reply.type(html).header('content-security-policy', contentPolicy).send(problemsPage()),
  );
  // Until there is a console, this is what there is to see.
  app.get('/', { config }, (_request, reply) => reply.redirect('/docs'));
}

/** What each `code` of a problem means; its `type` points here. */
function problemsPage(): string {
  const rows = Object.entries(refusals).map(
    ([code, [status, advice]]) => `<dt id="${code}">${status} ${code}</dt><dd>${advice}</dd>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Bazar: problems</title>
<h1>What a refusal means</h1><dl>${rows.join('\n')}</dl></html>`;
}
