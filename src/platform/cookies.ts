/** What a cookie says, out of the header that has all of them; of two, the one that comes first. */
export function readCookie(header: string, name: string): string | undefined {
  const start = `${name}=`;
  const pairs = header.split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(start))?.slice(start.length);
}

type Cookie = {
  name: string;
  value: string;
  /** Only requests to it and below it bring the cookie. */
  path: string;
  isSecure: boolean;
  /** Not said: until the browser is closed. */
  maxAgeSeconds?: number | undefined;
};

/** A cookie that no script can read, and that comes with no request from another site. */
export function writeCookie({ name, value, path, isSecure, maxAgeSeconds }: Cookie): string {
  const parts = [`${name}=${value}`, `Path=${path}`, 'HttpOnly', 'SameSite=Strict'];
  if (isSecure) parts.push('Secure');
  if (maxAgeSeconds !== undefined) parts.push(`Max-Age=${maxAgeSeconds}`);
  return parts.join('; ');
}
