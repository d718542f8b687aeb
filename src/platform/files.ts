import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { knows } from './answer.ts';

type Encoding = (typeof encodings)[number][0];
type Form = { bytes: Buffer; etag: string };
type Compressed = Form & { encoding: Encoding };

/** A file in memory, in every form that it can be sent in; of the compressed ones the best first. */
export type Served = { type: string; plain: Form; compressed: readonly Compressed[] };

type Way = { operation: string; headers: Readonly<Record<string, string>> };

const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** What a page may load: of this server only, so that it works without the internet. */
const ownOnly = {
  'default-src': `'none'`,
  'script-src': `'self'`,
  'style-src': `'self'`,
  'img-src': `'self' data:`,
  'connect-src': `'self'`,
  'form-action': `'none'`,
  'frame-ancestors': `'none'`,
  'base-uri': `'none'`,
};

export function contentPolicy(others: Readonly<Record<string, string>> = {}): string {
  const directives = Object.entries({ ...ownOnly, ...others });
  return directives.map(([name, sources]) => `${name} ${sources}`).join('; ');
}

/** Reads a file, and beside it the same file compressed, such as `NAME.br`. */
export function readServed(path: string): Served {
  const compressed = encodings
    .filter(([, ending]) => existsSync(path + ending))
    .map(([encoding, ending]) => ({ encoding, ...formOf(readFileSync(path + ending)) }));
  return { type: typeOf(path), plain: formOf(readFileSync(path)), compressed };
}

/** Everything in a folder, by the path that it has there, such as `/assets/a.js`. */
export function readFolder(folder: string): Record<string, Served> {
  if (!existsSync(folder)) return {};
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && !isCompressed(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name));
  const urlOf = (path: string) => `/${relative(folder, path).replaceAll(sep, '/')}`;
  return Object.fromEntries(paths.map((path) => [urlOf(path), readServed(path)]));
}

function isCompressed(name: string): boolean {
  return encodings.some(([, ending]) => name.endsWith(ending));
}

/** A text that is in no file; its name says what kind it is of. */
export function textAs(name: string, text: string): Served {
  return { type: typeOf(name), plain: formOf(Buffer.from(text)), compressed: [] };
}

function formOf(bytes: Buffer): Form {
  const digest = createHash('sha256').update(bytes).digest('base64url');
  return { bytes, etag: `"${digest.slice(0, 22)}"` };
}

function typeOf(path: string): string {
  return types[extname(path)] ?? 'application/octet-stream';
}

/** Puts files at addresses. Nothing that a request says is ever taken for the name of a file. */
export function serveFiles(
  app: FastifyInstance,
  files: Readonly<Record<string, Served>>,
  { operation, headers }: Way,
): void {
  for (const [url, file] of Object.entries(files)) {
    app.get(url, { config: { operation } }, (request, reply) =>
      send(file, { request, reply: reply.headers(headers) }),
    );
  }
}

type Asked = { request: FastifyRequest; reply: FastifyReply };

function send({ type, plain, compressed }: Served, { request, reply }: Asked): FastifyReply {
  const accepted = request.headers['accept-encoding'] ?? '';
  const smaller = compressed.find(({ encoding }) => accepts(accepted, encoding));
  const { bytes, etag } = smaller ?? plain;
  if (compressed.length > 0) reply.header('vary', 'accept-encoding');
  reply.header('etag', etag);
  if (knows(request, etag)) return reply.code(304).send();
  if (smaller) reply.header('content-encoding', smaller.encoding);
  return reply.type(type).send(bytes);
}

function accepts(accepted: string, encoding: Encoding): boolean {
  return accepted.split(',').some((one) => {
    const [name = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase());
    return name === encoding && !parameters.some((part) => /^q=0(?:\.0*)?$/.test(part));
  });
}
