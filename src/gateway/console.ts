import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { contentPolicy, readFolder, serveFiles, textAs, type Served } from '../platform/files.ts';
import { nothingHere } from '../platform/server.ts';
import { consolePaths } from './console-paths.ts';

type Parts = {
  /** Where its build is, if not where the build puts it. */
  directory?: string;
  /** Where the pictures of the map come from, the one thing from elsewhere. */
  mapTilesUrl: string | undefined;
};

const built = join(import.meta.dirname, '..', '..', 'dist', 'console');
const operation = 'console';

/** What a shop has no need of, nobody may ask its visitors for. */
const permissions = [
  'accelerometer',
  'camera',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'payment',
  'usb',
];

const notBuilt = `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width, initial-scale=1" />
  <title>Bazar</title>
  <h1>The console is not built</h1>
  <p>Stop Bazar, run <code>npm run build</code>, and start it again.</p>
  <p>All else is open: <a href="/docs">try the API out</a>.</p>
</html>
`;

/** The console in the browser: one page at all of its addresses, and what that page loads. */
export function serveConsole(
  app: FastifyInstance,
  { directory = built, mapTilesUrl }: Parts,
): void {
  const { '/index.html': index = textAs('index.html', notBuilt), ...rest } = readFolder(directory);
  const pages = Object.values(consolePaths).map((path) => [path, index]);
  const headers = headersOf(mapTilesUrl);
  const assets = filter(rest, (path) => path.startsWith('/assets/'));
  // Other pages beside it are those of labs.
  const others = filter(rest, (path) =>
    /^\/[\w-]+\.(?:ico|js|png|svg|txt|webmanifest)$/.test(path),
  );
  serveFiles(app, { ...Object.fromEntries(pages), ...others }, { operation, headers });
  // What changes has another name, so that nobody ever has to ask again.
  const kept = { ...headers, 'cache-control': 'public, max-age=31536000, immutable' };
  serveFiles(app, assets, { operation, headers: kept });
  // Who follows a wrong link is told by the page; a program is told as everywhere.
  const config = { operation: 'none', kind: { importance: 'low', slow: false } };
  app.get('/*', { config }, ({ headers: { accept }, url }, reply) => {
    if (url.startsWith('/v1/') || !accept?.includes('text/html')) throw nothingHere();
    return reply.code(404).headers(headers).type(index.type).send(index.plain.bytes);
  });
}

function headersOf(mapTilesUrl: string | undefined): Record<string, string> {
  const images = [`'self'`, 'data:', ...(mapTilesUrl ? [new URL(mapTilesUrl).origin] : [])];
  return {
    'cache-control': 'no-cache',
    'content-security-policy': contentPolicy({
      'img-src': images.join(' '),
      'font-src': `'self'`,
      'manifest-src': `'self'`,
    }),
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': permissions.map((name) => `${name}=()`).join(', '),
  };
}

function filter(
  files: Readonly<Record<string, Served>>,
  keep: (path: string) => boolean,
): Record<string, Served> {
  return Object.fromEntries(Object.entries(files).filter(([path]) => keep(path)));
}
