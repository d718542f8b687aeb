import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';

type Content = () => Promise<string | Buffer>;
type MediaType = 'text/html' | 'text/css' | 'text/javascript' | 'application/json';

/** Everything comes from this server: the pages work without the internet. */
const contentPolicy = [
  `default-src 'none'`,
  `script-src 'self'`,
  // The viewer of the API sizes its own elements by style attributes.
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data:`,
  `connect-src 'self'`,
  `frame-ancestors 'none'`,
  `form-action 'none'`,
  `base-uri 'none'`,
].join('; ');

/** A file beside this one. */
export const text = (name: string): Content => {
  const url = new URL(`./${name}`, import.meta.url);
  return () => readFile(url, 'utf8');
};

export function serveFiles(
  app: FastifyInstance,
  files: Readonly<Record<string, readonly [Content, MediaType]>>,
): void {
  for (const [url, [content, type]] of Object.entries(files)) {
    app.get(url, { config: { operation: 'pages of the lab' } }, async (_request, reply) => {
      reply.type(`${type}; charset=utf-8`).header('content-security-policy', contentPolicy);
      return content();
    });
  }
}
