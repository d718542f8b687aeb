import { fill, kebab } from '../../src/platform/names.ts';

/** Method, path, and which fields go into the query and the headers. */
export type Route = readonly [
  method: string,
  path: string,
  query: readonly string[],
  headers: readonly string[],
];

type Fields = Readonly<Record<string, unknown>>;
type Request = { method: string; url: string; headers: Record<string, string>; body?: string };

/** The parts of a request, where the contract wants them. */
export function formRequest([method, path, inQuery, inHeaders]: Route, input: Fields): Request {
  const headers: Record<string, string> = {};
  const query = new URLSearchParams();
  const body: Record<string, unknown> = {};
  const inPath = new Set([...path.matchAll(/:(\w+)/g)].map(([, field]) => field));
  for (const [field, value] of Object.entries(input)) {
    if (value === undefined || inPath.has(field)) continue;
    if (inQuery.includes(field)) query.set(field, `${value as string | number | boolean}`);
    else if (inHeaders.includes(field)) headers[kebab(field)] = headerOf(field, value as string);
    else body[field] = value;
  }
  const search = query.size > 0 ? `?${query}` : '';
  const hasBody = Object.keys(body).length > 0;
  if (hasBody) headers['content-type'] = 'application/json';
  return {
    method,
    url: `${fill(path, input)}${search}`,
    headers,
    ...(hasBody && { body: JSON.stringify(body) }),
  };
}

/** An entity tag is written in quotes. */
function headerOf(field: string, value: string): string {
  return field === 'ifMatch' ? `"${value}"` : value;
}
